import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromUtf8, toUtf8 } from "../../../src/base/index.ts";
import type { WorkloadHandle, WorkloadRuntime } from "../../../src/runtime/index.ts";
import { get } from "./packages.ts";
import { loggedRuntime, pythonPackage } from "./python-packages.ts";

const SECONDS = 600_000;
/** Where the interpreter's memory is kept, as on a node: one is made for all tests. */
const engines = mkdtempSync(join(tmpdir(), "dsdn-engines-"));
afterAll(() => rm(engines, { recursive: true }));

async function runOnce(
  sources: Readonly<Record<string, string>>,
  options: { readonly stdin?: string; readonly timeMs?: number; readonly env?: { name: string; value: string }[] } = {},
) {
  const { runtime, lines } = loggedRuntime(engines);
  const { stdin = "", ...overrides } = options;
  try {
    const handle = await runtime.load(pythonPackage(sources, "batch", overrides));
    const result = await runtime.run(handle, toUtf8(stdin)).then(
      ({ output, exitCode }) => ({ output: fromUtf8(output), exitCode, code: "" }),
      (error: { code: string }) => ({ output: "", exitCode: -1, code: error.code }),
    );
    return { ...result, lines: lines.map(({ stream, text }) => `${stream} ${text}`) };
  } finally {
    await runtime.close();
  }
}

describe("a Python batch", () => {
  it(
    "runs as a script with its input, its own modules, its data, its environment and its exit code",
    async () => {
      const main = `
import os, sys, tools.words
assert __name__ == "__main__"
print(tools.words.loud(sys.stdin.read()), open("data/name.txt").read(), os.environ["GREETING"], sys.argv)
print("a note", file=sys.stderr)
sys.exit(3)`;
      const result = await runOnce(
        { "src/main.py": main, "tools/words.py": "def loud(text): return text.upper()", "data/name.txt": "Ada" },
        { stdin: "hello", env: [{ name: "GREETING", value: "halo" }] },
      );
      expect(result.output).toBe("HELLO Ada halo ['/app/src/main.py']\n");
      expect(result.exitCode).toBe(3);
      expect(result.lines).toEqual(["stderr a note"]);
    },
    SECONDS,
  );

  it(
    "gives the same output in two processes: clock, chance, hashes and waiting are fixed",
    async () => {
      const main = `
import asyncio, hashlib, os, random, secrets, tempfile, time, uuid
async def later(n):
    await asyncio.sleep(random.random() * 10)
    return n
async def both(): return [await done for done in asyncio.as_completed([later(n) for n in range(5)])]
print(random.random(), secrets.token_hex(8), uuid.uuid4(), os.urandom(7).hex(), open("/dev/urandom", "rb").read(5))
print(time.time(), time.perf_counter(), time.strftime("%c"), hash("text"), {str(n) for n in range(20)}, id(later))
print(asyncio.run(both()), tempfile.mkstemp()[1])
time.sleep(2)
print(time.monotonic())`;
      const [one, other] = await Promise.all([runOnce({ "main.py": main }), runOnce({ "main.py": main })]);
      expect(one.output.split("\n")).toHaveLength(5);
      expect(other.output).toBe(one.output);
    },
    SECONDS,
  );

  it.each([
    ["a syntax error", "def f(:", "DSDN_RUNTIME_BUNDLE_INVALID"],
    ["an exception nobody catches", "print(1 / 0)", "DSDN_RUNTIME_GUEST_THREW"],
    ["waiting for nothing", "import asyncio\nasyncio.run(asyncio.Event().wait())", "DSDN_RUNTIME_NEVER_ANSWERS"],
    ["a loop without an end", "while True: pass", "DSDN_RUNTIME_TIME_LIMIT"],
    ["more memory than allowed", "x = []\nwhile True: x.append(bytearray(10**7))", "DSDN_RUNTIME_MEMORY_LIMIT"],
    [
      "more buffers outside its own memory than allowed",
      "from pyodide.ffi import to_js\nx = []\nwhile True: x.append(to_js(bytes(10**6)))",
      "DSDN_RUNTIME_MEMORY_LIMIT",
    ],
    ["more output than allowed", "while True: print('x' * 10**5)", "DSDN_RUNTIME_OUTPUT_LIMIT"],
    [
      "more files than allowed",
      "f = open('/tmp/x', 'wb')\nfor _ in range(1000): f.write(bytes(10**6))",
      "DSDN_RUNTIME_GUEST_THREW",
    ],
  ])(
    "is stopped by %s",
    async (_what, main, code) => {
      const result = await runOnce({ "main.py": main }, code.endsWith("TIME_LIMIT") ? { timeMs: 500 } : {});
      expect(result.code).toBe(code);
    },
    SECONDS,
  );
});

describe("a Python service", () => {
  let runtime: WorkloadRuntime;
  let handle: WorkloadHandle;

  beforeAll(async () => {
    ({ runtime } = loggedRuntime(engines));
    const app = `
import asyncio
from dsdn import Response
seen = 0
async def fetch(request):
    global seen
    seen += 1
    await asyncio.sleep(1)
    match request.path:
        case "/text": return "halo"
        case "/bytes": return b"\\x00\\x01"
        case "/nothing": return None
        case "/tuple": return 201, {"X-One": "1"}, {"q": request.query, "h": request.headers["X-In"], "b": request.json()}
        case "/class": return Response("<p>", headers=[("content-type", "text/html"), ("set-cookie", "a"), ("set-cookie", "b")])
        case "/number": return 7
        case "/field": return 200, {"x": "a\\r\\nb: c"}, ""
        case "/run":
            names = {}
            try:
                exec(request.text(), names)
            except BaseException as error:
                return f"{type(error).__name__}: {error}"
            return repr(names["out"])
    return {"seen": seen}
`;
    handle = await runtime.load(pythonPackage({ "app.py": app }, "service"));
  }, SECONDS);
  afterAll(() => runtime.close());

  const ask = async (path: string, body = "", headers: [string, string][] = []) => {
    const answer = await runtime.call(handle, get(path, { method: "POST", body: toUtf8(body), headers }));
    return { status: answer.status, headers: answer.headers, text: fromUtf8(answer.body) };
  };

  it("answers with text, bytes, JSON, nothing, a tuple or a Response", async () => {
    expect(await ask("/text")).toEqual({
      status: 200,
      headers: [["content-type", "text/plain; charset=utf-8"]],
      text: "halo",
    });
    expect((await ask("/bytes")).headers).toEqual([["content-type", "application/octet-stream"]]);
    expect(await ask("/nothing")).toEqual({ status: 204, headers: [], text: "" });
    const tuple = await ask("/tuple?a=1", '{"k":2}', [["x-in", "y"]]);
    expect(tuple).toMatchObject({ status: 201, text: '{"q": {"a": "1"}, "h": "y", "b": {"k": 2}}' });
    expect(tuple.headers).toContainEqual(["x-one", "1"]);
    expect((await ask("/class")).headers).toEqual([
      ["content-type", "text/html"],
      ["set-cookie", "a"],
      ["set-cookie", "b"],
    ]);
  });

  it("refuses what is no answer and goes on in the same interpreter", async () => {
    const { processId } = runtime.describe(handle);
    await expect(ask("/number")).rejects.toMatchObject({ code: "DSDN_RUNTIME_GUEST_THREW" });
    await expect(ask("/field")).rejects.toMatchObject({ code: "DSDN_RUNTIME_GUEST_THREW" });
    const before = JSON.parse((await ask("/")).text) as { seen: number };
    expect(JSON.parse((await ask("/")).text)).toEqual({ seen: before.seen + 1 });
    expect(runtime.describe(handle)).toMatchObject({ processId, restarts: 0, kind: "python" });
  });

  it.each([
    [
      "the host's globals",
      "import js; out = [n for n in dir(js) if not n.startswith('_')]",
      /^(?!.*process)(?!.*fetch)/,
    ],
    ["eval", "from pyodide.code import run_js; out = run_js('1')", /^ImportError/],
    ["a Function", "import pyodide_js as p; out = p.constructor.constructor('return this')()", /EvalError/],
    ["a script", "import pyodide_js as p; p._module._emscripten_run_script('1'); out = 1", /EvalError/],
    ["the host's disk", "import pyodide_js as p; out = p.mountNodeFS('/mnt', '/')", /Node/],
    [
      "the host's files",
      "import os; out = sorted(os.listdir('/'))",
      /^\['app', 'dev', 'home', 'lib', 'proc', 'tmp'\]$/,
    ],
    ["a socket", "import socket; out = socket.create_connection(('127.0.0.1', 80))", /^(OS|Connection)\w*Error/],
    ["a request", "import urllib.request as u; out = u.urlopen('http://127.0.0.1/').read()", /Error/],
    ["Pyodide's fetch", "from pyodide.http import pyfetch; pyfetch('http://127.0.0.1/').send(None)", /Error/],
    ["a process", "import subprocess; out = subprocess.run(['ls'])", /^OSError/],
    ["a shell", "import os; out = os.system('ls')", /^(-1|OSError.*|[1-9]\d*)$/],
    ["a thread", "import threading; t = threading.Thread(target=print); t.start(); out = 1", /^RuntimeError/],
    ["the engine's network", "import pyodide_js as p; out = p._api._nodeSock.connect(1)", /Error/],
    [
      "the real global object",
      "import pyodide_js as p\nf = p.FS.readFile\nout = [n for n in ('process', 'require', 'fetch', 'Buffer', 'setImmediate') if hasattr(f.constructor.prototype, n)]",
      /^\[\]$/,
    ],
    ["a changed file of its package", "open('/app/app.py', 'w')", /^PermissionError/],
    ["a package that is not its own", "import numpy", /^ModuleNotFoundError/],
    ["a foreign library", "import ctypes; out = ctypes.CDLL('libc.so.6')", /^OSError/],
  ])("gives the program no way to %s", async (_what, code, expected) => {
    expect((await ask("/run", code)).text).toMatch(expected);
    expect((await ask("/text")).text).toBe("halo");
  });

  it("keeps a program that spoils the realm's prototypes inside it", async () => {
    const spoil = `
import pyodide_js as p
from pyodide.ffi import create_proxy
seen = []
Bytes = p._module.HEAPU8.constructor
def spy(*values):
    for value in values:
        for step in ("constructor", "__proto__"):
            seen.append(str(getattr(value, step, None))[:40])
    return None
proto = p.constructor.prototype
for name in ("then", "toJSON"):
    setattr(proto, name, create_proxy(spy))
out = any("process" in text for text in seen)`;
    expect((await ask("/run", spoil)).text).toMatch(/False|Error/);
    expect((await ask("/text")).text).toBe("halo");
  });

  it("outlives promises of its realm that nobody handles", async () => {
    const { processId } = runtime.describe(handle);
    expect((await ask("/run", "import pyodide_js as p; p.loadPackage('nothing'); out = 1")).text).toBe("1");
    expect((await ask("/text")).text).toBe("halo");
    expect(runtime.describe(handle).processId).toBe(processId);
  });

  it(
    "names what is missing when the program has nothing to call",
    async () => {
      const loading = runtime.load(pythonPackage({ "app.py": "def other(): pass" }, "service", { workload: "other" }));
      await expect(loading).rejects.toMatchObject({ code: "DSDN_RUNTIME_ENTRY_MISSING" });
    },
    SECONDS,
  );

  it("runs a package that is one file", async () => {
    const input = pythonPackage({ "app.py": "def fetch(request): return __file__" }, "service", { workload: "single" });
    const { files, ...manifest } = input.manifest;
    const single = { ...manifest, entry: "program.py", files: files.map((file) => ({ ...file, path: "program.py" })) };
    const read = input.files;
    const loaded = await runtime.load({ ...input, manifest: single, files: () => read("program/app.py") });
    expect(fromUtf8((await runtime.call(loaded, get())).body)).toBe("/app/program.py");
  });
});
