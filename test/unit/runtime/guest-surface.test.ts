import { readFile } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import { makeGuestSurface } from "../../../scripts/make-guest-surface.ts";
import { fromUtf8 } from "../../../src/base/index.ts";
import { compareWithNode } from "./compare-with-node.ts";
import { get, packageOf, testRuntime } from "./packages.ts";

const runtime = testRuntime();
afterAll(() => runtime.close());

const compare = (expression: string) => compareWithNode(runtime, expression);

test("the committed surface is what its sources build to", async () => {
  const file = new URL("../../../src/runtime/guest-surface.generated.ts", import.meta.url);
  expect(await readFile(file, "utf8")).toBe(await makeGuestSurface());
});

test("URL parses, resolves and changes as in Node", () =>
  compare(`{
    const seen = [];
    for (const [text, base] of [["http://EXAMPLE.com:80/a/../b?c=d#e"], ["../x", "https://a.b/c/d/e"], ["//u:p@h:1/", "http:x"],
      ["http://xn--/"], ["mailto:a@b"], ["http://[::1]:9/%zz"], ["", "http://a/b?c"], ["http://münchen.de/ü"], ["nope"]]) {
      if (!URL.canParse(text, base)) { seen.push(null); continue }
      const url = new URL(text, base);
      seen.push([url.href, url.origin, url.host, url.pathname, url.search, url.hash, url.username, String(url), JSON.stringify(url)]);
      url.pathname = "/p q"; url.search = "a=1&a=2"; url.hash = "h"; url.port = "8080"; url.hostname = "other.test";
      url.searchParams.append("b", "3 &"); url.searchParams.delete("a");
      seen.push(url.href);
    }
    return seen;
  }`));

test("URLSearchParams behaves as in Node", () =>
  compare(`{
    const params = new URLSearchParams("?a=1&b=%20+&a=2&c");
    params.set("a", "x"); params.append("é", "ü"); params.set("new", "n");
    const list = [...params, params.size, params.has("c"), params.get("zz"), params.getAll("b"), params.toString()];
    params.sort();
    return [list, [...params.keys()], [...new URLSearchParams({ k: "v" }).values()], String(new URLSearchParams([["a", "b"]]))];
  }`));

test("Headers behave as in Node", () =>
  compare(`{
    const headers = new Headers({ "X-B": " 2 ", "x-a": "1" });
    headers.append("x-a", "3"); headers.append("Set-Cookie", "a=1"); headers.append("set-cookie", "b=2"); headers.delete("x-none");
    const refused = [];
    for (const [name, value] of [["a b", "x"], ["a", "b\\r\\nc"], ["", "x"], ["a", "\\0"]]) {
      try { headers.set(name, value) } catch (error) { refused.push(error.name) }
    }
    return [[...headers], headers.get("X-A"), headers.getSetCookie(), headers.has("X-b"), headers.get("nope"), refused];
  }`));

test("Request and Response behave as in Node", () =>
  compare(`{
    const request = new Request("http://a.test/x", { method: "post", body: "é", headers: { a: "b" } });
    const copy = request.clone();
    const first = await request.text();
    const again = await request.text().then(() => "read twice", (error) => error.name);
    const moved = Response.redirect("http://b.test/", 307);
    const refused = [];
    for (const make of [() => new Response("x", { status: 204 }), () => new Response("", { status: 99 }),
      () => new Request("http://a/", { body: "x" }), () => new Request("not a url"), () => Response.redirect("http://a/", 200)]) {
      try { make(); refused.push("made") } catch (error) { refused.push(error.name) }
    }
    return [request.method, request.url, request.headers.get("content-type"), first, again, request.bodyUsed, copy.bodyUsed,
      [...new Uint8Array(await copy.arrayBuffer())], moved.status, moved.headers.get("location"), refused,
      await Response.json({ a: 1 }).json(), new Response(new URLSearchParams("a=b")).headers.get("content-type"),
      new Response(null, { status: 404 }).ok];
  }`));

test("TextEncoder and TextDecoder behave as in Node", () =>
  compare(`{
    const texts = ["", "a", "\\0", "é\\0ü", "\\ud83d\\ude00", "\\ud83d", "\\ufeffx"];
    const encoder = new TextEncoder();
    const strict = new TextDecoder("utf-8", { fatal: true });
    let refused = "";
    try { strict.decode(Uint8Array.of(0xff)) } catch (error) { refused = error.name }
    return [texts.map((text) => [...encoder.encode(text)]), texts.map((text) => new TextDecoder().decode(encoder.encode(text))),
      new TextDecoder().decode(Uint8Array.of(0xff, 65, 0, 66)), refused, new TextDecoder("utf-8", { ignoreBOM: true }).decode(encoder.encode("\\ufeffx")).length];
  }`));

test("random values come from the host and differ", async () => {
  const handle = await runtime.load(
    packageOf(
      "export default () => Response.json([crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(16))]])",
    ),
  );
  const ask = async () => fromUtf8((await runtime.call(handle, get())).body);
  const [first, second] = [await ask(), await ask()];
  await runtime.stop(handle);
  expect(first).not.toBe(second);
  expect(first).toMatch(/^\["[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"/);
});
