import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock, systemDisk } from "../../../src/base/index.ts";
import {
  type BuildCommand,
  createBuildConsents,
  type Detection,
  detectProject,
  type PrepareOptions,
  prepareProject,
} from "../../../src/packager/index.ts";
import { deps, project } from "./projects.ts";

const JSON_TEXT = JSON.stringify({ scripts: { build: "x" }, devDependencies: { vite: "*" } });
const files = { "package.json": JSON_TEXT, "src/main.ts": "", "dist/index.html": "" };

/** A project whose output is as old as said, and what preparing it asked for and ran. */
async function prepare(
  age: "missing" | "older" | "current",
  options: Partial<PrepareOptions> & { isAllowed?: boolean; writes?: boolean } = {},
) {
  const root = project(files);
  const builtS = age === "older" ? 1000 : 2_000_000_000;
  utimesSync(join(root, "dist/index.html"), builtS, builtS);
  if (age === "missing") rmSync(join(root, "dist"), { recursive: true });
  const asked: string[] = [];
  const ran: string[] = [];
  const { isAllowed = true, writes = true, ...wish } = options;
  const prepared = await prepareProject(
    { path: root, ...wish },
    {
      ...deps,
      approve: async ({ build }: Detection) => {
        asked.push(build?.command.argv.join(" ") ?? "");
        return isAllowed;
      },
      run: async ({ build }: Detection) => {
        ran.push(build?.command.argv.join(" ") ?? "");
        mkdirSync(join(root, "dist"), { recursive: true });
        if (writes) writeFileSync(join(root, "dist/index.html"), "built");
      },
    },
  ).then(
    ({ detection, output }) => ({ output, site: detection.site }),
    (error: unknown) => (error as { code: string }).code,
  );
  return { prepared, asked, ran };
}

describe("the output of a project", () => {
  const built = { prepared: { output: "built", site: "dist" }, asked: ["npm run build"], ran: ["npm run build"] };
  const taken = { prepared: { output: "taken", site: "dist" }, asked: [], ran: [] };

  test("is taken without a question while it is younger than the sources", async () => {
    expect(await prepare("current")).toEqual(taken);
  });

  test("is built after consent when it is missing, older, or asked for", async () => {
    expect(await prepare("missing")).toEqual(built);
    expect(await prepare("older")).toEqual(built);
    expect(await prepare("current", { build: "always" })).toEqual(built);
  });

  test("is taken as it lies there when no build is wanted, unless it is missing", async () => {
    expect(await prepare("older", { build: "never" })).toEqual(taken);
    const missing = await prepare("missing", { build: "never" });
    expect(missing).toEqual({ prepared: "DSDN_PACKAGER_NEEDS_BUILD", asked: [], ran: [] });
  });

  test("is not built without consent; the error says what the user can choose", async () => {
    for (const [age, code] of [
      ["missing", "DSDN_PACKAGER_NEEDS_BUILD"],
      ["older", "DSDN_PACKAGER_OUTPUT_OLDER"],
    ] as const) {
      expect(await prepare(age, { isAllowed: false })).toMatchObject({ prepared: code, ran: [] });
    }
  });

  test("must be there after the build", async () => {
    expect((await prepare("missing", { writes: false })).prepared).toBe("DSDN_PACKAGER_BUILD_WITHOUT_OUTPUT");
  });
});

test("a project without a build is not asked about, and cannot be told to build", async () => {
  const root = project({ "index.html": "" });
  const never = {
    ...deps,
    approve: async () => Promise.reject(new TypeError("asked")),
    run: async () => Promise.reject(new TypeError("ran")),
  };
  expect(await prepareProject({ path: root }, never)).toMatchObject({ output: null });
  await expect(prepareProject({ path: root, build: "always" }, never)).rejects.toMatchObject({
    code: "DSDN_PACKAGER_BUILD_UNKNOWN",
  });
});

test("a build that would make a server is not run", async () => {
  const root = project({
    "next.config.js": "module.exports = {}",
    "package.json": '{"scripts":{"build":"next build"}}',
  });
  const never = { ...deps, approve: async () => true, run: async () => Promise.reject(new TypeError("ran")) };
  await expect(prepareProject({ path: root }, never)).rejects.toMatchObject({
    code: "DSDN_PACKAGER_BUILD_MAKES_SERVER",
    facts: { framework: "Next.js" },
  });
});

describe("a consent", () => {
  const command: BuildCommand = {
    folder: "/projects/shop",
    argv: ["npm", "run", "build"],
    runs: [{ name: "build", text: "vite build" }],
  };
  const open = (folder: string) =>
    createBuildConsents({ folder }, { ...deps, disk: systemDisk(), clock: systemClock() });

  test("is kept for exactly the command it was given for, in a file nobody else reads", async () => {
    const folder = join(project({}), "builds");
    const consents = open(folder);
    expect(await consents.has(command)).toBe(false);
    await consents.record(command);
    expect(await open(folder).has(command)).toBe(true);
    const [name = ""] = readdirSync(folder);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const other of [
      { ...command, folder: "/projects/other" },
      { ...command, argv: ["pnpm", "run", "build"] as const },
      { ...command, runs: [{ name: "build", text: "vite build; curl evil" }] },
      { ...command, runs: [...command.runs, { name: "prebuild", text: "curl evil" }] },
      { ...command, runs: [...command.runs, { name: ".npmrc", text: "script-shell=evil" }] },
      { ...command, argv: ["npm", "run build"] as const },
    ]) {
      expect(await consents.has(other)).toBe(false);
    }
  });

  test("does not last for settings that are not read: what a link leads to changes without a trace", async () => {
    const json = JSON.stringify({ scripts: { build: "b" }, dependencies: { astro: "*" } });
    const commandOf = async (root: string) => {
      const { build } = await detectProject(root, deps);
      if (build === null) throw new Error("no build was found");
      return build.command;
    };
    for (const name of [".npmrc", ".yarnrc.yml", "pnpm-workspace.yaml"]) {
      const consents = open(join(project({}), "builds"));
      const root = project({ "package.json": json, "evil.txt": "script-shell=./evil" });
      const before = await commandOf(root);
      await consents.record(before);
      symlinkSync("evil.txt", join(root, name));
      const linked = await commandOf(root);
      expect(await consents.has(linked), name).toBe(false);
      await consents.record(linked);
      expect(await consents.has(linked), name).toBe(false);
      rmSync(join(root, name));
      await consents.record(before);
      writeFileSync(join(root, name), `script-shell=./evil\n${"#".repeat(1024 * 1024)}`);
      expect(await consents.has(await commandOf(root)), name).toBe(false);
    }
  });

  test("that others could have written, that is a link, or that is damaged counts as none", async () => {
    const folder = join(project({}), "builds");
    const consents = open(folder);
    await consents.record(command);
    const path = join(folder, readdirSync(folder)[0] ?? "");
    const text = readFileSync(path, "utf8");
    chmodSync(path, 0o644);
    expect(await consents.has(command)).toBe(false);
    chmodSync(path, 0o600);
    expect(await consents.has(command)).toBe(true);
    for (const damage of ["", "{", "null", "[]", text.slice(0, 40), text.replace('"version":1', '"version":2')]) {
      writeFileSync(path, damage);
      expect(await consents.has(command)).toBe(false);
    }
    rmSync(path);
    const elsewhere = join(project({ "consent.json": text }), "consent.json");
    chmodSync(elsewhere, 0o600);
    symlinkSync(elsewhere, path);
    expect(await consents.has(command)).toBe(false);
  });
});
