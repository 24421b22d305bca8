import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/base/index.ts";
import { buildEnvironment } from "../../../src/packager/building/run-build.ts";
import { findLaunch } from "../../../src/packager/detection/find-launch.ts";
import { type BuildCommand, runBuild } from "../../../src/packager/index.ts";
import { deps, project } from "./projects.ts";

const clock = systemClock();
const node = process.execPath;
const env = { PATH: process.env["PATH"], HOME: "/nowhere" };

function command(folder: string, argv: readonly [string, ...string[]]): BuildCommand {
  return { folder, argv, runs: [] };
}

async function run(script: string, options: { signal?: AbortSignal; env?: Record<string, string> } = {}) {
  const folder = project({ "build.mjs": script });
  const lines: string[] = [];
  const signal = options.signal ?? new AbortController().signal;
  const outcome = await runBuild(
    command(folder, [node, "build.mjs"]),
    { env: { ...env, ...options.env }, signal, onLine: (line) => lines.push(line) },
    { clock, tree: deps.tree },
  ).then(
    () => undefined,
    (error: unknown) => error as { code: string; facts: Record<string, unknown> },
  );
  return { folder, lines, outcome };
}

test("a build runs in its folder, and its output arrives line by line without control characters", async () => {
  const { folder, lines, outcome } = await run(`
    import { writeFileSync } from "node:fs";
    writeFileSync("made.txt", "x");
    process.stdout.write("one\\ntwo \\u001b[31mred\\u0007\\nlast");
  `);
  expect(outcome).toBeUndefined();
  expect(existsSync(join(folder, "made.txt"))).toBe(true);
  expect(lines[0]).toBe("one");
  for (const control of ["\u0007", "\u001b"]) expect(lines.join("")).not.toContain(control);
  expect(lines[1]).toMatch(/^two red\\/);
  expect(lines.at(-1)).toBe("last");
});

test("arguments are never read by a shell", async () => {
  const folder = project({ "build.mjs": "console.log(JSON.stringify(process.argv.slice(2)))" });
  const hostile = ["$(touch owned)", "`touch owned`", "; touch owned", "&& touch owned", "a b", "*", "| cat"];
  const lines: string[] = [];
  const options = { env, signal: new AbortController().signal, onLine: (line: string) => lines.push(line) };
  await runBuild(command(folder, [node, "build.mjs", ...hostile]), options, { clock, tree: deps.tree });
  expect(JSON.parse(lines[0] ?? "")).toEqual(hostile);
  expect(existsSync(join(folder, "owned"))).toBe(false);
});

test("a failed build is an error with its exit code and its last lines", async () => {
  const { outcome } = await run(`
    for (let n = 0; n < 100; n++) console.log("line " + n);
    console.error("Error: no such module");
    process.exitCode = 7;
  `);
  expect(outcome).toMatchObject({ code: "DSDN_PACKAGER_BUILD_STEP_FAILED", facts: { outcome: "exit code 7" } });
  expect(outcome?.facts["lastLines"]).toContain("Error: no such module");
  expect(outcome?.facts["lines"]).toHaveLength(40);
});

test("the message begins where the tool speaks of the error, and leaves out its traces and drawings", async () => {
  const { outcome } = await run(`
    for (const line of ["transforming...", "\\u001b[31merror\\u001b[0m during build:", "  \u2502", "Could not resolve './a.js'",
      "    at build (file:///x/rolldown.mjs:1:2)", "    at async CAC.<anonymous> (file:///x/cli.js:7:3) {", "}"]) console.error(line);
    process.exitCode = 1;
  `);
  expect(outcome?.facts["lastLines"]).toBe("error during build: | Could not resolve './a.js'");
  expect(outcome?.facts["lines"]).toHaveLength(7);
});

test("a build that ends by a signal is an error that names it", async () => {
  const { outcome } = await run("process.kill(process.pid, 'SIGKILL')");
  expect(outcome).toMatchObject({ facts: { outcome: "signal SIGKILL" } });
});

test("a tool that is not there is named", async () => {
  const folder = project({});
  const outcome = runBuild(
    command(folder, ["no-such-tool-anywhere"]),
    { env, signal: new AbortController().signal },
    { clock, tree: deps.tree },
  );
  await expect(outcome).rejects.toMatchObject({
    code: "DSDN_PACKAGER_BUILD_TOOL_MISSING",
    facts: { program: "no-such-tool-anywhere" },
  });
});

test("a tool beside the project's files is not taken for one of the machine, whatever PATH says", async () => {
  const folder = project({ "no-such-tool-anywhere": "#!/bin/sh\ntouch owned\n" });
  const signal = new AbortController().signal;
  for (const path of [".", "", `:${env.PATH}`, "./:bin", "node_modules/.bin"]) {
    const outcome = runBuild(
      command(folder, ["no-such-tool-anywhere"]),
      { env: { ...env, PATH: path }, signal },
      { clock, tree: deps.tree },
    );
    await expect(outcome).rejects.toMatchObject({ code: "DSDN_PACKAGER_BUILD_TOOL_MISSING" });
  }
  expect(existsSync(join(folder, "owned"))).toBe(false);
});

test("interrupting ends the build and the processes it started, also those that ignore the polite way", async () => {
  const controller = new AbortController();
  const folder = project({
    "build.mjs": `
      import { spawn } from "node:child_process";
      const child = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"]);
      console.log("child " + child.pid);
      setInterval(() => {}, 1000);
    `,
  });
  let childId = 0;
  const outcome = runBuild(
    command(folder, [node, "build.mjs"]),
    {
      env,
      signal: controller.signal,
      onLine: (line) => {
        childId = Number(line.slice("child ".length));
        controller.abort(new TypeError("interrupted"));
      },
    },
    { clock, tree: deps.tree },
  );
  await expect(outcome).rejects.toThrow("interrupted");
  expect(childId).toBeGreaterThan(0);
  // A killed orphan is gone, or waits to be reaped by whoever inherited it; a busy machine takes its time for that.
  const stateOf = () =>
    existsSync(`/proc/${childId}/stat`) ? readFileSync(`/proc/${childId}/stat`, "utf8").split(" ")[2] : "";
  await expect.poll(stateOf).toMatch(/^[ZX]?$/);
});

test("what a build leaves running does not keep the deployment waiting", async () => {
  const { outcome } = await run(`
    import { spawn } from "node:child_process";
    spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
    console.log("done");
    process.exit(0);
  `);
  expect(outcome).toBeUndefined();
});

test("a build is given what tools need, and nothing of this program, of tokens or of loaders", () => {
  const kept = { PATH: "/usr/bin:/bin", HOME: "/home/x", LANG: "id_ID.UTF-8", TERM: "xterm", CI: "1", TMPDIR: "/tmp" };
  const dropped = {
    DSDN_HOME: "x",
    DSDN_TOKEN_FILE: "x",
    DA_AUTH_TOKEN: "x",
    NPM_TOKEN: "x",
    GITHUB_TOKEN: "x",
    AWS_SECRET_ACCESS_KEY: "x",
    NODE_OPTIONS: "--require ./x.js",
    LD_PRELOAD: "x",
    BASH_ENV: "x",
    SSH_AUTH_SOCK: "x",
    npm_config_registry: "x",
  };
  const given = buildEnvironment({ ...kept, ...dropped });
  expect(given).toMatchObject(kept);
  expect(Object.keys(given).filter((name) => Object.hasOwn(dropped, name))).toEqual([]);
});

test("a build may use as much memory as the user lets Node use, and gets no other option of Node", () => {
  const memory = "--max-old-space-size=4096";
  for (const given of [memory, `--require ./x.js ${memory}`, `${memory} --import=./x.js`]) {
    expect(buildEnvironment({ NODE_OPTIONS: given })["NODE_OPTIONS"]).toBe(memory);
  }
  expect(buildEnvironment({ NODE_OPTIONS: "--max-old-space-size=x" })).not.toHaveProperty("NODE_OPTIONS");
});

test("on Windows the program behind a .cmd file is found, so that no shell is needed there either", async () => {
  const file = { kind: "file", name: "x", sizeBytes: 1, mtimeMs: 0, mode: 0o644 } as const;
  const there = new Set(["C:\\node\\node_modules\\npm\\bin\\npm-cli.js", "C:\\tools\\hugo.exe"]);
  const tree = { ...deps.tree, find: async (path: string) => (there.has(path) ? file : undefined) };
  const machine = { platform: "win32", path: ".;node;C:\\node;C:\\tools", node: "C:\\node\\node.exe" };
  expect(await findLaunch(["npm", "run", "build"], machine, tree)).toEqual([
    "C:\\node\\node.exe",
    "C:\\node\\node_modules\\npm\\bin\\npm-cli.js",
    "run",
    "build",
  ]);
  expect(await findLaunch(["hugo"], machine, tree)).toEqual(["C:\\tools\\hugo.exe"]);
  expect(await findLaunch(["yarn", "run", "build"], machine, tree)).toBeUndefined();
  expect(await findLaunch(["npm", "run"], { ...machine, platform: "linux" }, tree)).toEqual(["npm", "run"]);
});
