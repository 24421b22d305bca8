import { mkdir, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { fromUtf8, systemFileTree } from "../../src/base/index.ts";
import { packProject, readPackageFiles, signPackage } from "../../src/packager/index.ts";
import { eventually, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

const script = "export const words = 'the same again and again';\n".repeat(40);
const files = {
  "index.html": "<h1>home</h1>",
  "about.html": "about",
  "guide/index.html": "guide",
  "assets/app.js": script,
  _redirects: "/old/:page /:page 301\n/inside/* /about.html 200\n/away https://example.org/ 302\n/* /index.html 200\n",
  _headers: "/*\n  X-Frame-Options: DENY\n/assets/*\n  Cache-Control: public, max-age=60\n",
};

let net: TestDevnet;
let host = "";
let below = "";

interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: Buffer;
}

function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { hostname, port } = new URL(net.devnet.status().ingressUrl);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers: { host, ...headers } }, (message) => {
      const parts: Buffer[] = [];
      message.on("data", (part: Buffer) => parts.push(part));
      message.on("error", reject);
      message.on("end", () =>
        resolve({ status: message.statusCode ?? 0, headers: message.headers, body: Buffer.concat(parts) }),
      );
    })
      .on("error", reject)
      .end();
  });
}

beforeAll(async () => {
  net = await startTestDevnet();
  const path = join(net.scratch, "rules");
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  }
  const packed = await packProject({ path }, { tree: systemFileTree() });
  const signed = await signPackage(packed, await net.client.deployments.packageSigner());
  const input = { files: await readPackageFiles([...packed.files, signed]) };
  await net.client.deployments.deploy(input, { name: "rules", spec: packed.spec });
  const { url, label } = await net.client.deployments.get("rules");
  host = new URL(url).host;
  below = `/d/${label}`;
  await eventually(async () => ((await ask("/")).status === 200 ? true : undefined), { what: "the site" });
});

test.each([
  ["/", 200, "<h1>home</h1>"],
  ["/about", 200, "about"],
  ["/guide/", 200, "guide"],
  ["/inside/any/where", 200, "about"],
  ["/users/7", 200, "<h1>home</h1>"],
  ["/_headers", 200, "<h1>home</h1>"],
  ["/_redirects", 200, "<h1>home</h1>"],
])("through the ingress, %s answers %d", async (path, status, body) => {
  const answer = await ask(path);
  expect([answer.status, fromUtf8(answer.body)]).toEqual([status, body]);
});

test.each(["/..%2fpackage.dsdn", "/%2e%2e/package.dsdn"])("nothing beside the site is reached by %s", async (path) => {
  expect((await ask(path)).status).toBe(400);
});

test.each([
  ["/old/about?x=1", 301, "../about?x=1"],
  ["/away", 302, "https://example.org/"],
  ["/guide?y=2", 308, "./guide/?y=2"],
])("through the ingress, %s leads to another place", async (path, status, location) => {
  const answer = await ask(path);
  expect([answer.status, answer.headers["location"]]).toEqual([status, location]);
});

test("a redirect stays below the path-style address", async () => {
  const { host: own } = new URL(net.devnet.status().ingressUrl);
  const answer = await ask(`${below}/old/about`, { host: own });
  const target = new URL(String(answer.headers["location"]), `http://${own}${below}/old/about`);
  expect(target.pathname).toBe(`${below}/about`);
  expect(fromUtf8((await ask(target.pathname, { host: own })).body)).toBe("about");
});

test("answers are compressed, revalidated and cut in ranges through the ingress", async () => {
  const packed = await ask("/assets/app.js", { "accept-encoding": "gzip, br" });
  expect(packed.headers).toMatchObject({
    "content-encoding": "br",
    vary: "accept-encoding",
    "cache-control": "public, max-age=60",
    "x-frame-options": "DENY",
  });
  expect(fromUtf8(brotliDecompressSync(packed.body))).toBe(script);
  const tag = String(packed.headers["etag"]);
  expect(tag.startsWith("W/")).toBe(true);
  const again = await ask("/assets/app.js", { "accept-encoding": "br", "if-none-match": tag });
  expect([again.status, again.body.length]).toEqual([304, 0]);
  const part = await ask("/assets/app.js", { "accept-encoding": "br", range: "bytes=0-5" });
  expect([part.status, fromUtf8(part.body), part.headers["content-encoding"]]).toEqual([206, "export", undefined]);
});
