import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Disk, systemClock, systemDisk, systemFileTree, toUtf8 } from "../../../src/base/index.ts";
import { initProject, listTemplates, type PackageFile } from "../../../src/packager/index.ts";
import { createQuickjsRuntime } from "../../../src/runtime/index.ts";
import { bytesOf, pack, project } from "./projects.ts";

const deps = { tree: systemFileTree(), disk: systemDisk() };
const runtime = createQuickjsRuntime({}, { clock: systemClock() });
afterAll(() => runtime.close());

const init = (folder: string, template = "web-app") => initProject({ template, folder }, deps);

test("a template is copied into a folder that is not there yet", async () => {
  const folder = join(project({}), "a", "my-app");
  const { files } = await init(folder);
  expect(files).toContain("public/index.html");
  expect(files).toContain("api/index.ts");
  for (const file of files) expect(existsSync(join(folder, file))).toBe(true);
});

test("a folder with other files is refused and left alone", async () => {
  const folder = project({ "notes.txt": "mine" });
  await expect(init(folder)).rejects.toMatchObject({
    code: "DSDN_PACKAGER_FOLDER_TAKEN",
    facts: { found: "notes.txt" },
  });
  expect(existsSync(join(folder, "README.md"))).toBe(false);
});

test("a project that was changed is refused, so nothing of the user's is overwritten", async () => {
  const folder = project({});
  await init(folder);
  writeFileSync(join(folder, "README.md"), "my own");
  await expect(init(folder)).rejects.toMatchObject({ code: "DSDN_PACKAGER_FOLDER_TAKEN" });
  expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("my own");
});

test("an unknown template is refused with the list of those there are", async () => {
  expect(await listTemplates(deps.tree)).toContain("web-app");
  for (const template of ["nope", "..", "../src", "web-app/public", ""]) {
    await expect(init(join(project({}), "x"), template)).rejects.toMatchObject({
      code: "DSDN_PACKAGER_TEMPLATE_UNKNOWN",
    });
  }
});

test("a link in the folder, or in its place, is not followed", async () => {
  const outside = project({});
  const folder = project({});
  symlinkSync(outside, join(folder, "public"));
  await expect(init(folder)).rejects.toMatchObject({ code: "DSDN_PACKAGER_FOLDER_TAKEN" });
  const linked = join(project({}), "linked");
  symlinkSync(outside, linked);
  await expect(init(linked)).rejects.toMatchObject({ code: "DSDN_PACKAGER_FILE_REFUSED" });
  expect(existsSync(join(outside, "index.html"))).toBe(false);
});

/** A disk that dies before its n-th change, with the change before it perhaps half done. */
function dyingDisk(changes: number): Disk {
  const real = systemDisk();
  let left = changes;
  const step = () => {
    if (left-- <= 0) throw new TypeError("power cut");
  };
  return {
    ...real,
    async write(path, bytes, options) {
      if (left === 1) await real.write(path, bytes.subarray(0, bytes.length / 2), options);
      step();
      await real.write(path, bytes, options);
    },
    async rename(from, to) {
      step();
      await real.rename(from, to);
    },
    async makeFolder(path) {
      step();
      await real.makeFolder(path);
    },
  };
}

test("crash point 22: stopped at any moment, running it again completes the project", async () => {
  const whole = project({});
  const { files } = await init(whole);
  let isDone = false;
  for (let changes = 0; !isDone; changes++) {
    const folder = join(project({}), "p");
    isDone = await initProject({ template: "web-app", folder }, { ...deps, disk: dyingDisk(changes) }).then(
      () => true,
      () => false,
    );
    // No file is ever there in part under its own name.
    for (const file of files) {
      if (existsSync(join(folder, file))) {
        expect(readFileSync(join(folder, file))).toEqual(readFileSync(join(whole, file)));
      }
    }
    await init(folder);
    for (const file of files) expect(readFileSync(join(folder, file))).toEqual(readFileSync(join(whole, file)));
    expect(changes).toBeLessThan(100);
  }
});

test("the web-app template packs, and its API answers in both languages", async () => {
  const folder = project({});
  await init(folder);
  const built = await pack(folder);
  expect(built.manifest.kind).toBe("js");
  expect(built.manifest.files.map((file) => file.path)).toContain("site/index.html");
  const find = (path: string): PackageFile | undefined => built.files.find((file) => file.path === path);
  const files = async (path: string) => new Uint8Array(await bytesOf(find(path)));
  const { manifest, spec } = built;
  const handle = await runtime.load({ workload: "template", manifest, spec, files, env: spec.env, args: [] });
  const ask = async (path: string) => {
    const request = {
      method: "GET",
      url: `http://app.localhost${path}`,
      headers: [],
      body: toUtf8(""),
      requestId: "1",
    };
    const { status, body } = await runtime.call(handle, request);
    return [status, JSON.parse(Buffer.from(body).toString())];
  };
  expect(await ask("/api/hello?name=Budi&language=id")).toEqual([200, { greeting: "Halo, Budi!", language: "id" }]);
  expect(await ask("/api/hello")).toEqual([200, { greeting: "Hello, stranger!", language: "en" }]);
  expect((await ask("/elsewhere"))[0]).toBe(404);
  await runtime.stop(handle);
});

test("the template's pages use relative addresses only, and every text is there in both languages", () => {
  const root = new URL("../../../templates/web-app/public/", import.meta.url);
  const page = readFileSync(new URL("index.html", root), "utf8");
  const script = readFileSync(new URL("app.js", root), "utf8");
  expect(
    [...page.matchAll(/(?:href|src)="([^"]*)"/g)]
      .map((match) => match[1])
      .filter((url) => /^(\/|https?:)/.test(url ?? "")),
  ).toEqual([]);
  const used = [...page.matchAll(/data-text="(\w+)"/g)].map((match) => match[1]);
  const blocks = [...script.matchAll(/^ {2}(en|id): \{([^}]*)\}/gm)].map((match) => match[2] ?? "");
  expect(blocks).toHaveLength(2);
  for (const block of blocks) {
    const keys = [...block.matchAll(/^ {4}(\w+):/gm)].map((match) => match[1]);
    for (const key of used) expect(keys).toContain(key);
  }
});
