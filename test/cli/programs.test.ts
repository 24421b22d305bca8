import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import wabt from "wabt";
import { useNetwork, visit } from "./network.ts";

const network = useNetwork();
const { run, summary, write } = network;

describe("what is deployed as it lies there, without a word about it", () => {
  test("a batch in Python, with the modules beside it, arguments and standard input", async () => {
    await write({
      "count/main.py": "import sys\nfrom words import count\nprint(count(sys.stdin.read()), *sys.argv[1:])\n",
      "count/words.py": "def count(text):\n    return len(text.split())\n",
      "in.txt": "one two three",
    });
    const ran = await run(["deploy", "count", "--wait", "--stdin", "in.txt", "--arg", "words", "--arg=-é x"]);
    expect(ran).toMatchObject({ exitCode: 0, stdout: "3 words -é x\n" });
  });

  test("a service in Python", async () => {
    await write({ "hello/app.py": "async def fetch(request):\n    return 'hello from Python'\n" });
    const deployed = await summary(["deploy", "hello"]);
    expect(deployed).toMatchObject({ kind: "python", mode: "service" });
    expect(await visit(String(deployed["url"]))).toMatchObject({ status: 200, text: "hello from Python" });
  });

  test("a WASI command", async () => {
    const text = `(module
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "\\08\\00\\00\\00\\0b\\00\\00\\00hello WASI\\0a")
      (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))))`;
    const module = (await wabt()).parseWat("tool.wat", text);
    await write({ "tool/Cargo.toml": "[package]\nname = 'tool'\n", "tool/src/main.rs": "fn main() {}\n" });
    const folder = join(network.folder, "tool", "target", "wasm32-wasip1", "release");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "tool.wasm"), module.toBinary({}).buffer);
    const ran = await run(["deploy", "tool", "--wait"]);
    expect(ran).toMatchObject({ exitCode: 0, stdout: "hello WASI\n" });
  });
});
