import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";

const text = readFileSync(join(root, "llms.txt"), "utf8");

test("llms.txt is the one that follows from the commands and the pages", async () => {
  const checked = promisify(execFile)(process.execPath, [join(root, "scripts/write-llms.ts"), "--check"]);
  const stale = await checked.then(
    () => "",
    (error: { stderr: string }) => error.stderr,
  );
  expect(stale).toBe("");
});

test("it has the form of llmstxt.org: a title, a summary, sections of links", () => {
  expect(text).toMatch(/^# dsdn\n\n> /);
  const sections = text.split(/^## /m).slice(1);
  expect(sections.length).toBeGreaterThan(4);
  for (const section of sections) {
    const [title = "", ...lines] = section.split("\n").filter((line) => line !== "");
    expect(
      lines.filter((line) => !/^- \[[^\]]+\]\([^)]+\)(: .+)?$/.test(line)),
      title,
    ).toEqual([]);
  }
});

test("each of its links leads to a page, and to a heading of it", () => {
  const lost = [...text.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)].filter(([, path = "", anchor]) => {
    if (!existsSync(join(root, path))) return true;
    const headings = readFileSync(join(root, path), "utf8").match(/^#+ .+$/gm) ?? [];
    const anchors = headings.map((line) => line.replace(/^#+ /, "").toLowerCase().replaceAll(" ", "-"));
    return anchor !== undefined && !anchors.includes(anchor);
  });
  expect(lost.map(([link]) => link)).toEqual([]);
});
