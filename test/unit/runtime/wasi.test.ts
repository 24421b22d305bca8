import { readFileSync } from "node:fs";
import { main as compileAssemblyScript } from "assemblyscript/asc";
import { afterAll, describe, expect, test } from "vitest";
import { fromUtf8, systemClock, toUtf8 } from "../../../src/base/index.ts";
import { createRuntimes } from "../../../src/runtime/index.ts";
import { get } from "./packages.ts";
import { command, wasi, wasmPackage, wat } from "./wasm-modules.ts";

const runtime = createRuntimes({}, { clock: systemClock() });
afterAll(() => runtime.close());

/** A Rust program that uses files, time and the environment of its standard library; its source lies beside it. */
const rust = new Uint8Array(readFileSync(new URL("fixtures/wasi-command.wasm", import.meta.url)));

type Options = Parameters<typeof wasmPackage>[1];

async function runBatch(code: Uint8Array, stdin: string, options: Options = {}) {
  const handle = await runtime.load(wasmPackage(code, options));
  try {
    const { exitCode, output } = await runtime.run(handle, toUtf8(stdin));
    return { exitCode, output: fromUtf8(output), logs: runtime.readLogs(handle) };
  } finally {
    await runtime.stop(handle);
  }
}

describe("a command as a batch", () => {
  test("reads its input, writes its output, logs its errors, and its exit code is kept", async () => {
    const some = await runBatch(rust, "one two three");
    expect([some.exitCode, some.output]).toEqual([0, "3 words\n"]);
    expect(some.logs[0]).toMatchObject({ stream: "stderr", text: 'started by ["program.wasm"]' });
    expect((await runBatch(rust, "")).exitCode).toBe(3);
  });
});

describe("a command as a service", () => {
  const options: Options = {
    mode: "service",
    env: [{ name: "GREETING", value: "halo dunia é" }],
    files: { "data/words.txt": "alpha beta" },
  };

  async function answers(...requests: Parameters<typeof get>[]) {
    const handle = await runtime.load(wasmPackage(rust, options));
    const texts: string[] = [];
    for (const request of requests) {
      const { status, headers, body } = await runtime.call(handle, get(...request));
      texts.push(`${status} ${headers.map((pair) => pair.join(": ")).join(", ")} ${fromUtf8(body)}`);
    }
    await runtime.stop(handle);
    return texts;
  }

  test("is run once a request by the rules of CGI: method, path, query and body reach it, status and headers leave it", async () => {
    const [answer] = await answers(["/x%20y?a=b", { method: "POST", body: toUtf8("body") }]);
    expect(answer).toBe("201 content-type: text/plain, x-query: a=b body");
  });

  test("finds the deployment's environment and the request's, and no proxy from a header", async () => {
    const headers = [
      ["content-type", "text/plain"],
      ["x-one", "1"],
      ["x-one", "2"],
      ["x_two", "hidden"],
      ["proxy", "http://evil"],
    ] as const;
    const [answer = ""] = await answers(["/env?q=1", { method: "PUT", headers, body: toUtf8("four") }]);
    const lines = answer.split("\n").map((line) => line.replace(/^200 content-type: text\/plain /, ""));
    expect(lines).toEqual(
      expect.arrayContaining([
        "GREETING=halo dunia é",
        "GATEWAY_INTERFACE=CGI/1.1",
        "REQUEST_METHOD=PUT",
        "PATH_INFO=/env",
        "QUERY_STRING=q=1",
        "SERVER_NAME=app.localhost",
        "CONTENT_LENGTH=4",
        "CONTENT_TYPE=text/plain",
        "HTTP_X_ONE=1, 2",
      ]),
    );
    expect(answer).not.toMatch(/HTTP_PROXY|X_TWO|evil/);
  });

  test("reads the package's files, cannot change them, and has a scratch folder of its own for each request", async () => {
    expect(await answers(["/file"], ["/write"], ["/create"], ["/scratch"], ["/scratch"], ["/fill"])).toEqual([
      "200 content-type: text/plain alpha beta",
      "200 content-type: text/plain Err(ReadOnlyFilesystem)",
      "200 content-type: text/plain Err(ReadOnlyFilesystem)",
      '200 content-type: text/plain scratch ["d"]',
      '200 content-type: text/plain scratch ["d"]',
      "200 content-type: text/plain 16 StorageFull",
    ]);
  });

  test("sleeps for real and measures in whole milliseconds", async () => {
    expect(await answers(["/time"])).toEqual(["200 content-type: text/plain 0 true"]);
  });

  test("that panics fails that request only, and its message is in the log", async () => {
    const handle = await runtime.load(wasmPackage(rust, options));
    await expect(runtime.call(handle, get("/panic"))).rejects.toMatchObject({ code: "DSDN_RUNTIME_GUEST_THREW" });
    expect((await runtime.call(handle, get("/file"))).status).toBe(200);
    expect(runtime.readLogs(handle).map(({ text }) => text)).toContain("on purpose");
    expect(runtime.describe(handle)).toMatchObject({ kind: "wasi", restarts: 0, engine: { name: "v8-wasm" } });
    await runtime.stop(handle);
  });

  test("that gives a location and no status redirects", async () => {
    const text = "Location: /there\\n\\n";
    const code = command("(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))", {
      imports: wasi("fd_write", "i32 i32 i32 i32"),
      fields: `(data (i32.const 0) "\\10\\00\\00\\00\\12\\00\\00\\00") (data (i32.const 16) "${text}")`,
    });
    const handle = await runtime.load(wasmPackage(code, { mode: "service" }));
    const { status, headers } = await runtime.call(handle, get());
    expect([status, headers]).toEqual([302, [["location", "/there"]]]);
    await runtime.stop(handle);
  });
});

/** A reactor in AssemblyScript, its functions of WASI declared by hand. */
const counter = `
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, vectors: usize, count: i32, written: usize): i32;
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: i32, vectors: usize, count: i32, read: usize): i32;

const vector = memory.data(8);
const moved = memory.data(4);
const buffer = memory.data(4096);
let calls = 0;

function read(): string {
  store<u32>(vector, <u32>buffer);
  store<u32>(vector, 4096, 4);
  fd_read(0, vector, 1, moved);
  return String.UTF8.decodeUnsafe(buffer, load<u32>(moved));
}

function write(text: string): void {
  const bytes = String.UTF8.encode(text);
  store<u32>(vector, <u32>changetype<usize>(bytes));
  store<u32>(vector, bytes.byteLength, 4);
  fd_write(1, vector, 1, moved);
}

export function _initialize(): void {
  calls = 100;
}

export function handle(): i32 {
  const request = read();
  if (request.startsWith("GET /fail ")) return 7;
  calls += 1;
  write("Status: 201 Made\\r\\nContent-Type: text/plain\\r\\n\\r\\n" + calls.toString() + "\\n" + request);
  return 0;
}

export function run(): i32 {
  write(read().toUpperCase());
  return 4;
}
`;

async function compile(source: string): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await compileAssemblyScript(
    ["program.ts", "--outFile", "program.wasm", "-O", "--runtime", "stub", "--use", "abort="],
    {
      readFile: (name) => (name === "program.ts" ? source : null),
      writeFile: (name, contents) => {
        if (name === "program.wasm" && typeof contents !== "string") binary = new Uint8Array(contents);
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) throw new Error(stderr.toString());
  return binary;
}

describe("a reactor from AssemblyScript", () => {
  test("is started once, gets each request as a message, and keeps its memory between them", async () => {
    const handle = await runtime.load(wasmPackage(await compile(counter), { mode: "service" }));
    const request = get("/a?b=c", { method: "POST", headers: [["X-Kind", "test"]], body: toUtf8("hi") });
    const first = await runtime.call(handle, request);
    expect([first.status, first.headers]).toEqual([201, [["content-type", "text/plain"]]]);
    expect(fromUtf8(first.body)).toBe(
      "101\nPOST /a?b=c HTTP/1.1\r\nHost: app.localhost\r\nX-Kind: test\r\nContent-Length: 2\r\n\r\nhi",
    );
    expect(fromUtf8((await runtime.call(handle, get())).body)).toMatch(/^102\n/);
    await runtime.stop(handle);
  });

  test("that says it failed is started anew", async () => {
    const handle = await runtime.load(wasmPackage(await compile(counter), { mode: "service" }));
    await runtime.call(handle, get());
    await expect(runtime.call(handle, get("/fail"))).rejects.toMatchObject({ code: "DSDN_RUNTIME_GUEST_THREW" });
    expect(fromUtf8((await runtime.call(handle, get())).body)).toMatch(/^101\n/);
    await runtime.stop(handle);
  });

  test("as a batch is run by its function run", async () => {
    expect(await runBatch(await compile(counter), "loud")).toMatchObject({ exitCode: 4, output: "LOUD" });
  });
});

test("a reactor whose answer was none goes on with the memory it had", async () => {
  const code =
    wat(`(module ${wasi("fd_write", "i32 i32 i32 i32")} (memory (export "memory") 1) (global $calls (mut i32) (i32.const 0))
    (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00") (data (i32.const 16) "A: 1\\n\\n")
    (func (export "_initialize"))
    (func (export "handle")
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (i32.store8 (i32.const 19) (i32.add (global.get $calls) (i32.const 48)))
      (if (i32.eq (global.get $calls) (i32.const 2)) (then return))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`);
  const handle = await runtime.load(wasmPackage(code, { mode: "service" }));
  expect((await runtime.call(handle, get())).headers).toEqual([["a", "1"]]);
  await expect(runtime.call(handle, get())).rejects.toMatchObject({ code: "DSDN_RUNTIME_ANSWER_INVALID" });
  expect((await runtime.call(handle, get())).headers).toEqual([["a", "3"]]);
  await runtime.stop(handle);
});
