import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { defineError, docsOfError, fail, VirtualClock } from "../../../src/base/index.ts";
import {
  type Block,
  type CommandResult,
  createUi,
  type DisclosureLevel,
  formatBytes,
  formatDuration,
  layTable,
  pickProgressMode,
  type Terminal,
  toJsonText,
  type UiOptions,
  uiErrors,
  widthOf,
  wrap,
} from "../../../src/ui/index.ts";
import { wrapBeforeCommand } from "../../../src/ui/layout.ts";
import { readInput } from "../../../src/ui/terminal.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const result: CommandResult<{ cid: string; sizeBytes: bigint }> = {
  summary: { cid: "bafy1", sizeBytes: 2048n },
  details: { latencyMs: 1500, status: "durable", references: { height: 42, commitment: new Uint8Array([1, 255]) } },
  audit: [
    { step: "seal", segments: 3 },
    { step: "publish", reason: "\u001b[2J" },
  ],
};
const blocks: readonly Block[] = ["Stored bafy1", { essential: "bafy1" }, { next: "dsdn get bafy1" }];

const broken = defineError({
  code: "DSDN_UI_TEST",
  kind: "network",
  exit: 31,
  httpStatus: 500,
  text: { en: "No {what}.", enHint: "Wait.", id: "Tidak ada {what}.", idHint: "Tunggu." },
});

function makeUi(options: Partial<UiOptions> = {}, terminal: Terminal = fakeTerminal()) {
  const standard: UiOptions = {
    language: "en",
    isJson: false,
    isQuiet: false,
    level: 0,
    signal: new AbortController().signal,
  };
  return createUi({ ...standard, ...options }, { terminal, clock: new VirtualClock() });
}

function draw(options: Partial<UiOptions>): string {
  const terminal = fakeTerminal();
  makeUi(options, terminal).result(result, blocks);
  return terminal.output;
}

describe("a result", () => {
  test("shows what strangers named without letting it steer the terminal", () => {
    const hostile = "a\u001b[31m\nb";
    const terminal = fakeTerminal();
    const ui = makeUi({}, terminal);
    ui.result(result, [{ head: ["Name"], rows: [[hostile]] }, { pairs: [["Reason", hostile]] }]);
    ui.item({}, `1\t${hostile}`);
    expect(terminal.output).not.toContain("\u001b[31m");
    expect(terminal.output.match(/a\\u001b\[31m\\u000ab/g)).toHaveLength(3);
    expect(terminal.output).toContain("1\ta");
  });

  test("names its details in the user's language", () => {
    expect(draw({ level: 1, language: "id" })).toContain("latensi");
    expect(draw({ level: 1 })).toContain("latency");
  });

  test("goes on below a value that is wider than the terminal", () => {
    const terminal = { ...fakeTerminal(), isOutputTty: true, columns: 30 };
    const written: string[] = [];
    makeUi({}, { ...terminal, write: (text) => void written.push(String(text)) }).result(result, [
      { pairs: [["Why", "one two three four five six seven"]] },
    ]);
    expect(written.join("")).toBe("Why  one two three four five\n     six seven\n");
  });

  test("shows more with each level and keeps what it showed", () => {
    const outputs = ([0, 1, 2, 3] as DisclosureLevel[]).map((level) => draw({ level }));
    expect(outputs[0]).toBe("Stored bafy1\nNext: dsdn get bafy1\n");
    expect(outputs[1]).toContain("latency  1.5 s");
    expect(outputs[1]).not.toContain("height");
    expect(outputs[2]).toContain("height      42");
    expect(outputs[2]).not.toContain("seal");
    expect(outputs[3]).toContain("  1  seal  segments=3");
    const bodies = outputs.map((output) => output.split("\n").filter((line) => !line.startsWith("Next:")));
    for (const [index, body] of bodies.entries()) {
      expect(bodies[Math.min(3, index + 1)]).toEqual(expect.arrayContaining(body));
    }
  });

  test("is the same JSON document at every level", () => {
    const documents = ([0, 1, 2, 3] as DisclosureLevel[]).map((level) => draw({ level, isJson: true }));
    expect(new Set(documents).size).toBe(1);
    expect(JSON.parse(documents[0] ?? "")).toEqual({
      summary: { cid: "bafy1", sizeBytes: "2048" },
      details: { latencyMs: 1500, status: "durable", references: { height: 42, commitment: "01ff" } },
      audit: [
        { step: "seal", segments: 3 },
        { step: "publish", reason: "\u001b[2J" },
      ],
    });
  });

  test("is only its one essential value under --quiet", () => {
    expect(draw({ isQuiet: true })).toBe("bafy1\n");
  });

  test("never passes control characters of others on", () => {
    expect(draw({ level: 3 })).not.toContain("\u001b");
    expect(draw({ level: 3 })).toContain("\\u001b[2J");
  });

  test("lets no line, remark or JSON of a stranger's name move the cursor, set a title or turn the text around", () => {
    const hostile = "a\u001b[2J\u001b]0;pwned\u0007\u009b31m\u202eb";
    const plain = fakeTerminal({ isOutputTty: true, isErrorTty: true });
    const ui = makeUi({ level: 3 }, plain);
    const summary = { [hostile]: hostile };
    ui.result({ summary, details: { [hostile]: hostile }, audit: [{ step: hostile, [hostile]: hostile }] }, [
      ui.style.bold(hostile),
      { more: [`  ${hostile}`] },
      { next: `dsdn get ${hostile}`, why: hostile },
    ]);
    ui.item({}, hostile);
    ui.remark(hostile);
    const json = fakeTerminal();
    makeUi({ isJson: true }, json).item(summary, "");
    makeUi({ isJson: true }, json).result({ summary, details: {}, audit: [] }, []);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come out
    const steering = /\u001b(?!\[\d\d?m)|[\u0000-\u0008\u000b-\u001a\u007f-\u009f\u202e]/;
    for (const text of [plain.output, plain.errors, json.output]) expect(text).not.toMatch(steering);
    expect(plain.output).toContain("\u001b[1ma\\u001b[2J");
    expect(JSON.parse(json.output.split("\n")[0] ?? "")).toEqual(summary);
  });

  test("raw bytes that end inside a line are closed by one on a terminal, and left as they are elsewhere", () => {
    for (const [isOutputTty, expected] of [
      [true, "hai\n"],
      [false, "hai"],
    ] as const) {
      const terminal = fakeTerminal({ isOutputTty });
      const ui = makeUi({}, terminal);
      ui.raw(new TextEncoder().encode("hai"));
      ui.closeLine();
      ui.closeLine();
      expect(terminal.output).toBe(expected);
    }
  });

  test("streams are lines for people and NDJSON for programs", () => {
    const plain = fakeTerminal();
    makeUi({}, plain).item({ role: "node", size: 1n }, "node is up");
    expect(plain.output).toBe("node is up\n");
    const json = fakeTerminal();
    makeUi({ isJson: true }, json).item({ role: "node", size: 1n }, "node is up");
    expect(json.output).toBe('{"role":"node","size":"1"}\n');
  });
});

describe("an error", () => {
  const error = fail(broken, { what: "peer\u0007", extra: 3 }, { cause: fail(uiErrors.promptCancelled, {}) });

  test("goes to stderr with code, message and hint in the user's language", () => {
    const terminal = fakeTerminal();
    makeUi({ language: "id" }, terminal).error(error);
    expect(terminal.output).toBe("");
    expect(terminal.errors).toBe("Galat DSDN_UI_TEST  Tidak ada peer\\u0007.\nYang dapat dilakukan: Tunggu.\n");
  });

  test("is one JSON document on stdout with exit code, facts, causes and its page of the docs", () => {
    const terminal = fakeTerminal();
    makeUi({ isJson: true }, terminal).error(error);
    expect(terminal.errors).toBe("");
    expect(JSON.parse(terminal.output)).toEqual({
      error: {
        code: "DSDN_UI_TEST",
        message: "No peer\\u0007.",
        hint: "Wait.",
        message_id: "Tidak ada peer\\u0007.",
        message_en: "No peer\\u0007.",
        suggestion_id: "Tunggu.",
        suggestion_en: "Wait.",
        docs_link: docsOfError("DSDN_UI_TEST", "en"),
        exitCode: 31,
        facts: { what: "peer\u0007", extra: 3 },
        causes: [{ code: "DSDN_UI_PROMPT_CANCELLED", message: expect.any(String) }],
      },
    });
  });

  test("of another library never shows its text, which may quote a secret", () => {
    const terminal = fakeTerminal();
    makeUi({ level: 2 }, terminal).error(new RangeError("key=hunter2"));
    expect(terminal.errors).toContain("DSDN_BASE_BUG");
    expect(terminal.errors).not.toContain("hunter2");
  });
});

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const collected: Uint8Array[] = [];
  for await (const part of parts) collected.push(part);
  return collected;
}

describe("standard input", () => {
  test("is read to its end", async () => {
    const stream = new PassThrough();
    stream.end("all of it");
    const parts = await collect(readInput(stream, new AbortController().signal));
    expect(Buffer.concat(parts).toString()).toBe("all of it");
  });

  test("that never ends stops at Ctrl-C", async () => {
    const stream = new PassThrough();
    stream.write("first");
    const controller = new AbortController();
    const reading = readInput(stream, controller.signal)[Symbol.asyncIterator]();
    expect((await reading.next()).value).toEqual(new Uint8Array(Buffer.from("first")));
    const waiting = reading.next();
    controller.abort(new DOMException("interrupted", "AbortError"));
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    expect(stream.destroyed).toBe(true);
  });

  test("that is closed is an empty one", async () => {
    const stream = new PassThrough();
    stream.destroy(Object.assign(new Error("read EBADF"), { code: "EBADF" }));
    expect(await collect(readInput(stream, new AbortController().signal))).toEqual([]);
  });
});

describe("prompts", () => {
  test("refuse to wait for an answer nobody can give", async () => {
    const surroundings: Partial<Terminal>[] = [{}, { isInputTty: true, isErrorTty: true, env: { CI: "true" } }];
    for (const options of surroundings) {
      const ui = makeUi({}, fakeTerminal(options));
      expect(ui.prompts.canAsk).toBe(false);
      await expect(ui.prompts.secret("Passphrase")).rejects.toMatchObject({
        spec: uiErrors.promptImpossible,
        facts: { question: "Passphrase" },
      });
    }
  });

  test("are never asked under --json, even on a terminal", () => {
    const terminal = fakeTerminal({ isInputTty: true, isErrorTty: true });
    expect(makeUi({ isJson: true }, terminal).prompts.canAsk).toBe(false);
    expect(makeUi({}, terminal).prompts.canAsk).toBe(true);
  });
});

describe("progress", () => {
  const pipe = { env: {}, isErrorTty: false };
  const tty = { env: {}, isErrorTty: true };
  const options = { isQuiet: false, isJson: false, level: 0 };

  test("is live on a terminal; in a pipe and in CI plain under -v and silent otherwise; silent under --quiet and --json", () => {
    expect(pickProgressMode(tty, options)).toBe("live");
    expect(pickProgressMode(pipe, options)).toBe("silent");
    expect(pickProgressMode(pipe, { ...options, level: 1 })).toBe("plain");
    expect(pickProgressMode({ ...tty, env: { CI: "1" } }, options)).toBe("silent");
    expect(pickProgressMode({ ...tty, env: { CI: "1" } }, { ...options, level: 1 })).toBe("plain");
    expect(pickProgressMode(tty, { ...options, isQuiet: true })).toBe("silent");
    expect(pickProgressMode(tty, { ...options, isJson: true })).toBe("silent");
    expect(pickProgressMode({ ...tty, env: { TERM: "dumb" } }, options)).toBe("silent");
  });

  test("names a step at its start and its end on stderr and passes its value and its error on", async () => {
    const terminal = fakeTerminal();
    const { progress } = makeUi({ level: 1 }, terminal);
    expect(await progress.run("Sealing", async () => 7)).toBe(7);
    await expect(progress.run("Sending", () => Promise.reject(fail(broken, { what: "x" })))).rejects.toMatchObject({
      code: "DSDN_UI_TEST",
    });
    expect(terminal.errors).toBe("Sealing ...\nSealing: done in 0 ms\nSending ...\nSending: failed after 0 ms\n");
    expect(terminal.output).toBe("");
  });
});

describe("layout", () => {
  test("a table that does not fit becomes one block a row", () => {
    const head = ["name", "size"];
    const rows = [
      ["a-rather-long-name", "16 MiB"],
      ["b", "1 B"],
    ];
    expect(layTable(head, rows, 80)).toEqual([
      "name                size",
      "a-rather-long-name  16 MiB",
      "b                   1 B",
    ]);
    expect(layTable(head, rows, 20)).toEqual(["name  a-rather-long-name", "size  16 MiB", "", "name  b", "size  1 B"]);
  });

  test("a table whose sentences can be wrapped stays a table, and never breaks a word or a time", () => {
    const head = ["what", "when", "because"];
    const rows = [["memory", "2026-11-21 04:15:00Z", "what this type may use at this priority"]];
    expect(layTable(head, rows, 60)).toEqual([
      "what    when                  because",
      "memory  2026-11-21 04:15:00Z  what this type may use at this",
      "                              priority",
    ]);
    for (let columns = 32; columns < 80; columns += 1) {
      const lines = layTable(head, rows, columns);
      expect(lines.filter((line) => widthOf(line) > Math.max(columns, 29))).toEqual([]);
      expect(lines.join(" ").replace(/\s+/g, " ")).toContain("2026-11-21 04:15:00Z");
    }
  });

  test("a command at the end of a line is never broken, so that it can be copied", () => {
    const line = "Shown only once. To end it: dsdn links revoke ertsy2wkostrpkwpwfusl5ofzu";
    expect(wrapBeforeCommand(line, 40, "")).toEqual([
      "Shown only once. To end it:",
      "  dsdn links revoke ertsy2wkostrpkwpwfusl5ofzu",
    ]);
    expect(wrapBeforeCommand(line, 100, "")).toEqual([line]);
  });

  test("lines break at spaces, never inside a word, and keep the spaces they begin with", () => {
    expect(wrap("connected in 13 ms, 24.1 MiB/s", 15)).toEqual(["connected in", "13 ms,", "24.1 MiB/s"]);
    expect(wrap("    one two three", 12, "  ")).toEqual(["    one two", "  three"]);
    expect(wrap("one two three", 7, "  ")).toEqual(["one two", "  three"]);
    expect(wrap("unbreakable", 4)).toEqual(["unbreakable"]);
  });

  test("width counts what a terminal shows", () => {
    expect([widthOf("abc"), widthOf("\u001b[1mabc\u001b[22m"), widthOf("日本"), widthOf("e\u0301")]).toEqual([
      3, 3, 4, 1,
    ]);
  });

  test("sizes and durations are written for people", () => {
    expect([0, 1023, 1024, 16 * 1024 ** 2, 1024 ** 4].map(formatBytes)).toEqual([
      "0 B",
      "1023 B",
      "1.0 KiB",
      "16.0 MiB",
      "1.0 TiB",
    ]);
    expect([0, 999, 1000, 61_000, 7_380_000].map(formatDuration)).toEqual([
      "0 ms",
      "999 ms",
      "1.0 s",
      "1 min 1 s",
      "2 h 3 min",
    ]);
  });

  test("JSON text carries big numbers as decimals and bytes as hex", () => {
    expect(toJsonText({ a: 10n ** 30n, b: new Uint8Array([10]), c: new Map([["k", 1]]), d: undefined })).toBe(
      '{"a":"1000000000000000000000000000000","b":"0a","c":{"k":1}}',
    );
  });
});
