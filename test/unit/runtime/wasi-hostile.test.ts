import { afterAll, describe, expect, test } from "vitest";
import { fromUtf8, systemClock } from "../../../src/base/index.ts";
import { createRuntimes, type GuestLogLine } from "../../../src/runtime/index.ts";
import { get } from "./packages.ts";
import { command, wasi, wasmPackage, wat } from "./wasm-modules.ts";

const runtime = createRuntimes({}, { clock: systemClock() });
afterAll(() => runtime.close());

/** Short, but enough for a busy machine to start a process and a harmless program. */
const SHORT_MS = 5_000;

const EXIT = wasi("proc_exit", "i32", "");

type Options = Parameters<typeof wasmPackage>[1];

/** What became of one batch run: its exit code or the code of its error. */
async function runBatch(code: Uint8Array, options: Options = {}) {
  let logs: readonly GuestLogLine[] = [];
  const startMs = performance.now();
  const outcome = await runtime.load(wasmPackage(code, options)).then(
    async (handle) => {
      try {
        return (await runtime.run(handle, new Uint8Array(0))).exitCode;
      } catch (error) {
        return (error as { code: string }).code;
      } finally {
        logs = runtime.readLogs(handle);
        await runtime.stop(handle);
      }
    },
    (error: unknown) => (error as { code: string }).code,
  );
  return { outcome, logs, tookMs: performance.now() - startMs };
}

/** The errno that a call of WASI gives back, carried out as the exit code. */
async function errnoOf(call: string, imports: string, more: { fields?: string; before?: string } = {}) {
  const body = `${more.before ?? ""} (call $proc_exit ${call})`;
  const code = command(body, { imports: EXIT + imports, fields: more.fields ?? "" });
  return (await runBatch(code)).outcome;
}

const FAULT = 21;
const INVALID = 28;
const TOO_MANY_OPEN = 33;
const NAME_TOO_LONG = 37;
const NO_SPACE = 51;
const NOT_SUPPORTED = 58;
const NOT_CAPABLE = 76;
const READ_ONLY = 69;

const WRITE = wasi("fd_write", "i32 i32 i32 i32");
const OPEN = wasi("path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32");

describe("D2: a program without end is stopped in time, wherever it turns", () => {
  const limits = { timeMs: SHORT_MS };

  test.each([
    { where: "_start", code: command("(loop (br 0))") },
    {
      where: "the start section",
      code: wat(`(module (memory (export "memory") 1) (func $a (loop (br 0))) (start $a) (func (export "_start")))`),
    },
    {
      where: "a wait for a clock",
      code: command(sleepFor("0x7fffffffffffffff"), { imports: wasi("poll_oneoff", "i32 i32 i32 i32") }),
    },
    { where: "growing memory again and again", code: command("(loop (drop (memory.grow (i32.const 1))) (br 0))") },
  ])("in $where", async ({ code }) => {
    // Starting a process takes as long for a harmless program, which tells how fast this machine is now.
    const { tookMs: usualMs } = await runBatch(command(""));
    const { outcome, tookMs } = await runBatch(code, { limits });
    expect(outcome).toBe("DSDN_RUNTIME_TIME_LIMIT");
    expect(tookMs).toBeLessThan(SHORT_MS + 5000 + 3 * usualMs);
  });

  test("in _initialize, so that the load fails", async () => {
    const code = wat(
      `(module (memory (export "memory") 1) (func (export "_initialize") (loop (br 0))) (func (export "handle")))`,
    );
    const load = runtime.load(wasmPackage(code, { mode: "service", limits }));
    await expect(load).rejects.toMatchObject({ code: "DSDN_RUNTIME_TIME_LIMIT" });
  });

  test("in a request, and the next request is answered", async () => {
    const code = wat(`(module
      ${WRITE}${wasi("fd_read", "i32 i32 i32 i32")}
      (memory (export "memory") 1)
      (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00") (data (i32.const 16) "A: b\\n\\n")
      (data (i32.const 64) "\\80\\00\\00\\00\\40\\00\\00\\00")
      (func (export "_initialize"))
      (func (export "handle")
        (drop (call $fd_read (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 72)))
        (if (i32.eq (i32.load8_u (i32.const 133)) (i32.const 120)) (then (loop (br 0))))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 72)))))`);
    const handle = await runtime.load(wasmPackage(code, { mode: "service", limits }));
    await expect(runtime.call(handle, get("/x"))).rejects.toMatchObject({ code: "DSDN_RUNTIME_TIME_LIMIT" });
    expect((await runtime.call(handle, get("/y"))).headers).toEqual([["a", "b"]]);
    await runtime.stop(handle);
  });
});

describe("D3: memory ends at the limit", () => {
  test("growing beyond it fails in the program and nowhere else", async () => {
    const grow = "(if (i32.ne (memory.grow (i32.const 65535)) (i32.const -1)) (then unreachable))";
    expect((await runBatch(command(grow))).outcome).toBe(0);
  });

  test("growing step by step ends at the limit of the workload", async () => {
    const body = `(loop (br_if 0 (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
      (call $proc_exit (i32.div_u (memory.size) (i32.const 16)))`;
    const { outcome } = await runBatch(command(body, { imports: EXIT, memory: "16" }), {
      limits: { memoryBytes: 48 * 1024 * 1024 },
    });
    expect(outcome).toBe(48);
  });

  test("a program that dies of it says so, with where it was", async () => {
    const { outcome, logs } = await runBatch(
      command("(loop (br_if 0 (i32.ne (memory.grow (i32.const 64)) (i32.const -1)))) unreachable"),
    );
    expect(outcome).toBe("DSDN_RUNTIME_GUEST_THREW");
    expect(logs.map(({ text }) => text).join("\n")).toMatch(
      /^RuntimeError: unreachable\nat wasm-function\[0\]:0x[0-9a-f]+$/m,
    );
  });
});

describe("D5: a program that writes over its edges traps", () => {
  test.each([
    {
      what: "an element segment behind its table",
      code: command("", { fields: "(table 1 funcref) (func $f) (elem (i32.const 9) $f)" }),
    },
    {
      what: "a data segment at an offset only the engine knows",
      code: wat(
        `(module (memory (export "memory") 1) (global $g i32 (i32.const -4)) (func (export "_start")) (data (global.get $g) "12345678"))`,
      ),
    },
    {
      what: "memory.init behind its segment",
      code: command("(memory.init 0 (i32.const 0) (i32.const 0) (i32.const 9))", { fields: `(data "ab")` }),
    },
    { what: "a store behind the memory", code: command("(i32.store (i32.const 65533) (i32.const 1))") },
    {
      what: "a call of an empty table entry",
      code: command("(call_indirect (i32.const 0))", { fields: "(table 1 funcref)" }),
    },
    { what: "a division by zero", code: command("(drop (i32.div_u (i32.const 1) (i32.const 0)))") },
  ])("$what", async ({ code }) => {
    expect((await runBatch(code)).outcome).toBe("DSDN_RUNTIME_GUEST_THREW");
  });

  test("what the rules let through but the engine does not is refused", async () => {
    expect((await runBatch(command("i64.const 1"))).outcome).toBe("DSDN_RUNTIME_BUNDLE_INVALID");
  });
});

describe("D7: memory that a program names to the host is checked before it is used", () => {
  test.each([
    {
      what: "vectors behind the end",
      call: "(call $fd_write (i32.const 1) (i32.const 65532) (i32.const 1) (i32.const 0))",
    },
    {
      what: "vectors that wrap around",
      call: "(call $fd_write (i32.const 1) (i32.const -8) (i32.const 2) (i32.const 0))",
    },
    {
      what: "a count of vectors that wraps",
      call: "(call $fd_write (i32.const 1) (i32.const 0) (i32.const 0x20000001) (i32.const 0))",
    },
    {
      what: "a place for the result behind the end",
      call: "(call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 65534))",
    },
    {
      what: "a vector whose end lies outside",
      call: "(call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0))",
    },
    {
      what: "a vector whose end wraps",
      call: "(call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 0))",
    },
  ])("fd_write: $what", async ({ call }) => {
    const fields = `(data (i32.const 8) "\\00\\ff\\00\\00\\01\\01\\00\\00" "\\f0\\ff\\ff\\ff\\20\\00\\00\\00")`;
    expect(await errnoOf(call, WRITE, { fields })).toBe(FAULT);
  });

  test.each([
    { name: "random_get", types: "i32 i32", values: "(i32.const 65000) (i32.const 1000)" },
    { name: "random_get", types: "i32 i32", values: "(i32.const -1) (i32.const -1)" },
    { name: "clock_time_get", types: "i32 i64 i32", values: "(i32.const 0) (i64.const 0) (i32.const 65529)" },
    { name: "environ_get", types: "i32 i32", values: "(i32.const 0) (i32.const 65536)", errno: 0 },
    { name: "args_get", types: "i32 i32", values: "(i32.const 0) (i32.const 65530)" },
    {
      name: "fd_readdir",
      types: "i32 i32 i32 i64 i32",
      values: "(i32.const 3) (i32.const 0) (i32.const -1) (i64.const 0) (i32.const 0)",
    },
    { name: "fd_prestat_dir_name", types: "i32 i32 i32", values: "(i32.const 3) (i32.const 65536) (i32.const 1)" },
    { name: "path_create_directory", types: "i32 i32 i32", values: "(i32.const 4) (i32.const 1) (i32.const -1)" },
    {
      name: "path_rename",
      types: "i32 i32 i32 i32 i32 i32",
      values: "(i32.const 4) (i32.const 0) (i32.const 1) (i32.const 4) (i32.const 65536) (i32.const 1)",
    },
    {
      name: "poll_oneoff",
      types: "i32 i32 i32 i32",
      values: "(i32.const 0) (i32.const 0) (i32.const 0x10000000) (i32.const 0)",
    },
    {
      name: "poll_oneoff",
      types: "i32 i32 i32 i32",
      values: "(i32.const 0) (i32.const 0) (i32.const 300) (i32.const 0)",
      errno: INVALID,
    },
    {
      name: "sock_recv",
      types: "i32 i32 i32 i32 i32 i32",
      values: "(i32.const 0) (i32.const -1) (i32.const -1) (i32.const 0) (i32.const 0) (i32.const 0)",
    },
  ])("$name $values", async ({ name, types, values, errno = FAULT }) => {
    expect(await errnoOf(`(call $${name} ${values})`, wasi(name, types))).toBe(errno);
  });

  test("more vectors than any program needs are refused", async () => {
    const call = "(call $fd_write (i32.const 1) (i32.const 0) (i32.const 1025) (i32.const 0))";
    expect(await errnoOf(call, WRITE)).toBe(INVALID);
  });
});

describe("D8: depth", () => {
  test("recursion without end is a trap of the program", async () => {
    const { outcome } = await runBatch(command("(call $deep)", { fields: "(func $deep (call $deep))" }));
    expect(outcome).toBe("DSDN_RUNTIME_GUEST_THREW");
  });

  test("a start function that calls the host before the program was started is refused", async () => {
    const code = wat(`(module ${WRITE} (memory (export "memory") 1)
      (func $early (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0))))
      (start $early) (func (export "_start")))`);
    expect((await runBatch(code)).outcome).toBe("DSDN_RUNTIME_GUEST_THREW");
  });
});

describe("D9: output", () => {
  const flood = (descriptor: number) =>
    command(
      `(loop (drop (call $fd_write (i32.const ${descriptor}) (i32.const 0) (i32.const 1) (i32.const 8))) (br 0))`,
      {
        imports: WRITE,
        fields: `(data (i32.const 0) "\\10\\00\\00\\00\\00\\10\\00\\00") (data (i32.const 16) "\\1b[31mred\\n")`,
      },
    );

  test("without end is cut off at its limit", async () => {
    expect((await runBatch(flood(1))).outcome).toBe("DSDN_RUNTIME_OUTPUT_LIMIT");
  });

  test("of the same memory a thousand times in one call is cut off before it is copied", async () => {
    const vectors = `(local $at i32) (local.set $at (i32.const 8192))
      (loop
        (local.set $at (i32.sub (local.get $at) (i32.const 8)))
        (i32.store (i32.add (local.get $at) (i32.const 4)) (i32.const 1000000))
        (br_if 0 (local.get $at)))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1024) (i32.const 9000)))`;
    expect((await runBatch(command(vectors, { imports: WRITE, memory: "16" }))).outcome).toBe(
      "DSDN_RUNTIME_OUTPUT_LIMIT",
    );
  });

  test("without end to the log is dropped, counted, bounded, and shows its escape sequences", async () => {
    const { outcome, logs } = await runBatch(flood(2), { limits: { timeMs: SHORT_MS, logBytes: 16 * 1024 } });
    expect(outcome).toBe("DSDN_RUNTIME_TIME_LIMIT");
    expect(logs.length).toBeLessThan(600);
    expect(logs[0]).toMatchObject({ stream: "stderr", text: expect.stringMatching(/^[ -~]*31mred$/) });
  });

  test.each([
    { what: "nothing", text: "" },
    { what: "no empty line", text: "Content-Type: text/plain\\n" },
    { what: "a line that is no field", text: "hello world\\n\\n" },
    { what: "a status out of range", text: "Status: 999\\n\\n" },
    { what: "an informational status", text: "Status: 100 Continue\\n\\n" },
    { what: "a field name with a blank", text: "X Y: z\\n\\n" },
  ])("an answer of $what is none", async ({ text }) => {
    const length = Math.max(text.replaceAll("\\n", "n").length, 0);
    const code = command("(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))", {
      imports: WRITE,
      fields: `(data (i32.const 0) "\\10\\00\\00\\00\\${length.toString(16).padStart(2, "0")}\\00\\00\\00") (data (i32.const 16) "${text}")`,
    });
    const handle = await runtime.load(wasmPackage(code, { mode: "service" }));
    await expect(runtime.call(handle, get())).rejects.toMatchObject({ code: "DSDN_RUNTIME_ANSWER_INVALID" });
    await runtime.stop(handle);
  });

  test("an answer that would smuggle a header past the server is none", async () => {
    const code = command("(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))", {
      imports: WRITE,
      fields: `(data (i32.const 0) "\\10\\00\\00\\00\\0b\\00\\00\\00") (data (i32.const 16) "A: b\\0dC: d\\n\\n")`,
    });
    const handle = await runtime.load(wasmPackage(code, { mode: "service" }));
    const error = await runtime.call(handle, get()).catch((thrown: unknown) => thrown);
    expect(["DSDN_RUNTIME_ANSWER_INVALID", "DSDN_RUNTIME_CRASHED"]).toContain((error as { code: string }).code);
    await runtime.stop(handle);
  });
});

describe("what a program finds of files", () => {
  const path = (text: string) => `(data (i32.const 1024) "${text}")`;
  const open = (folder: number, length: number, flags = 0, rights = "0") =>
    `(call $path_open (i32.const ${folder}) (i32.const 0) (i32.const 1024) (i32.const ${length}) (i32.const ${flags}) (i64.const ${rights}) (i64.const 0) (i32.const 0) (i32.const 0))`;

  test("no path leaves its folder", async () => {
    expect(await errnoOf(open(4, 12), OPEN, { fields: path("../../passwd") })).toBe(NOT_CAPABLE);
    expect(await errnoOf(open(3, 11), OPEN, { fields: path("/etc/passwd") })).toBe(NOT_CAPABLE);
  });

  test("the package cannot be changed", async () => {
    expect(await errnoOf(open(3, 3, 1), OPEN, { fields: path("new") })).toBe(READ_ONLY);
    const remove = "(call $path_unlink_file (i32.const 3) (i32.const 1024) (i32.const 3))";
    expect(await errnoOf(remove, wasi("path_unlink_file", "i32 i32 i32"), { fields: path("new") })).toBe(READ_ONLY);
  });

  test("a path longer than any path is refused before it is read", async () => {
    expect(await errnoOf(open(3, 4097), OPEN)).toBe(NAME_TOO_LONG);
  });

  test("as many files as a program likes are opened one after another, few at once", async () => {
    const before = `(local $left i32) (local.set $left (i32.const 2000))
      (loop
        (drop ${open(3, 1)})
        (drop (call $fd_close (i32.load (i32.const 0))))
        (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))`;
    const imports = OPEN + wasi("fd_close", "i32");
    expect(await errnoOf(open(3, 1), imports, { fields: path("."), before })).toBe(0);
    const never = before.replace("(drop (call $fd_close (i32.load (i32.const 0))))", "");
    expect(await errnoOf(open(3, 1), imports, { fields: path("."), before: never })).toBe(TOO_MANY_OPEN);
  });

  test("the scratch folder is bounded in bytes and in files", async () => {
    const allocate = "(call $fd_allocate (i32.load (i32.const 0)) (i64.const 0) (i64.const 0x7fffffffffffff))";
    const imports = OPEN + wasi("fd_allocate", "i32 i64 i64");
    const fields = path("a");
    expect(await errnoOf(allocate, imports, { fields, before: `(drop ${open(4, 1, 1, "0x40")})` })).toBe(NO_SPACE);
    const makeMany = `(local $left i32) (local.set $left (i32.const 4096))
      (loop
        (i32.store (i32.const 1024) (local.get $left))
        (i32.store8 (i32.const 1027) (i32.const 97))
        (i32.store8 (i32.const 1024) (i32.or (i32.and (local.get $left) (i32.const 63)) (i32.const 64)))
        (i32.store8 (i32.const 1025) (i32.or (i32.shr_u (local.get $left) (i32.const 6)) (i32.const 64)))
        (i32.store8 (i32.const 1026) (i32.const 98))
        (drop (call $path_create_directory (i32.const 4) (i32.const 1024) (i32.const 4)))
        (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))`;
    const last = "(call $path_create_directory (i32.const 4) (i32.const 1024) (i32.const 3))";
    const outcome = await errnoOf(last, wasi("path_create_directory", "i32 i32 i32"), { before: makeMany });
    expect(outcome).toBe(NO_SPACE);
  });
});

test("D10: sockets and links do not exist", async () => {
  const accept = "(call $sock_accept (i32.const 3) (i32.const 0) (i32.const 0))";
  expect(await errnoOf(accept, wasi("sock_accept", "i32 i32 i32"))).toBe(NOT_SUPPORTED);
  const link = "(call $path_symlink (i32.const 0) (i32.const 1) (i32.const 4) (i32.const 0) (i32.const 1))";
  expect(await errnoOf(link, wasi("path_symlink", "i32 i32 i32 i32 i32"))).toBe(NOT_SUPPORTED);
});

test("D11: clocks count whole milliseconds", async () => {
  const clock = "(drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 0)))";
  const body = `${clock} (call $proc_exit (i32.wrap_i64 (i64.rem_u (i64.load (i32.const 0)) (i64.const 1000000))))`;
  const times = command(body, { imports: EXIT + wasi("clock_time_get", "i32 i64 i32") });
  expect((await runBatch(times)).outcome).toBe(0);
  const resolution = `(drop (call $clock_res_get (i32.const 1) (i32.const 0)))
    (call $proc_exit (i32.eq (i32.load (i32.const 0)) (i32.const 1000000)))`;
  expect((await runBatch(command(resolution, { imports: EXIT + wasi("clock_res_get", "i32 i32") }))).outcome).toBe(1);
});

test("a program that ends itself while it is loaded is not loaded", async () => {
  const code = wat(`(module ${EXIT} (memory (export "memory") 1)
    (func (export "_initialize") (call $proc_exit (i32.const 7))) (func (export "handle")))`);
  const load = runtime.load(wasmPackage(code, { mode: "service" }));
  await expect(load).rejects.toMatchObject({ code: "DSDN_RUNTIME_GUEST_THREW" });
});

test("after all of them this process is small and a harmless program answers", async () => {
  expect(process.memoryUsage().rss).toBeLessThan(700 * 1024 * 1024);
  const code = command("(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))", {
    imports: WRITE,
    fields: `(data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00") (data (i32.const 16) "hello")`,
  });
  const handle = await runtime.load(wasmPackage(code));
  expect(fromUtf8((await runtime.run(handle, new Uint8Array(0))).output)).toBe("hello");
  await runtime.stop(handle);
});

/** A body that subscribes to the monotonic clock and waits. */
function sleepFor(nanoseconds: string): string {
  return `(i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const ${nanoseconds}))
    (drop (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))`;
}
