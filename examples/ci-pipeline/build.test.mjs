import assert from "node:assert/strict";
import { test } from "node:test";
import { toPage } from "./build.mjs";

test("a page has its title and paragraphs, and shows markup as text", () => {
  const { title, html } = toPage("Welcome\n\nOne <b>word</b>.\n\nAnother.\n");
  assert.equal(title, "Welcome");
  assert.match(html, /<p>One &lt;b>word&lt;\/b>\.<\/p>\n<p>Another\.<\/p>/);
});
