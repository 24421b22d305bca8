/** Programs as real compilers make them. A compiler that is not installed is skipped; `.ci/run` brings the one for C. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { fromUtf8, systemClock, toUtf8 } from "../../../src/base/index.ts";
import { createRuntimes } from "../../../src/runtime/index.ts";
import { wasmPackage } from "./wasm-modules.ts";

const runtime = createRuntimes({}, { clock: systemClock() });
const scratch = mkdtempSync(join(tmpdir(), "dsdn-toolchains-"));
afterAll(async () => {
  await runtime.close();
  rmSync(scratch, { recursive: true, force: true });
});

const sources = fileURLToPath(new URL("fixtures/toolchains", import.meta.url));

/** True when the compiler makes a program of its own language out of nothing but itself. */
function canCompile(program: string, args: readonly string[], input: string): boolean {
  return spawnSync(program, args, { input, stdio: ["pipe", "ignore", "ignore"] }).status === 0;
}

const cArgs = ["--target=wasm32-wasi", "-O1", "-x", "c", "-o"];
const hasC = canCompile("clang", [...cArgs, join(scratch, "probe.wasm"), "-"], "#include <stdio.h>\nint main() {}");
const hasGo = canCompile("go", ["version"], "");

const compilers = [
  {
    language: "C",
    isThere: hasC,
    compile: (out: string) => execFileSync("clang", [...cArgs, out, join(sources, "tool.c")]),
  },
  {
    language: "Go",
    isThere: hasGo,
    compile: (out: string) =>
      execFileSync("go", ["build", "-o", out, "."], {
        cwd: join(sources, "go"),
        env: { ...process.env, GOOS: "wasip1", GOARCH: "wasm", GOFLAGS: "-mod=mod" },
      }),
  },
];

async function runOnce(code: Uint8Array, args: readonly string[]) {
  const limits = { memoryBytes: 96 * 1024 * 1024, timeMs: 20_000 };
  const files = { "data/words.txt": "one two" };
  const env = [{ name: "GREETING", value: "halo é" }];
  const handle = await runtime.load(wasmPackage(code, { args, files, env, limits }));
  const { exitCode, output } = await runtime.run(handle, toUtf8("the input"));
  const logs = runtime.readLogs(handle).map(({ stream, text }) => `${stream} ${text}`);
  await runtime.stop(handle);
  return { exitCode, output: fromUtf8(output), logs };
}

describe.each(compilers)("a command from $language", ({ language, isThere, compile }) => {
  test.skipIf(!isThere)(
    "gets its arguments, reads its data, keeps scratch files, and can change nothing else",
    async () => {
      const out = join(scratch, `${language}.wasm`);
      compile(out);
      const code = new Uint8Array(readFileSync(out));
      const common =
        "file: one two\nchange: refused\nchange: refused\nremove: refused\nscratch: kept\ninput: the input\n";
      expect(await runOnce(code, [])).toEqual({
        exitCode: 0,
        output: `args: 1\n${common}`,
        logs: ["stderr greeting: halo é"],
      });
      const failed = await runOnce(code, ["a b", "--é=1"]);
      expect(failed).toMatchObject({ exitCode: 7, output: `args: 3 [a b] [--é=1]\n${common}` });
    },
  );
});
