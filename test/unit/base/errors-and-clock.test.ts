import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import {
  baseErrors,
  DsdnError,
  defineError,
  docsOfError,
  fail,
  findProblem,
  languageOf,
  renderError,
  startAll,
  toDsdnError,
  toErrorJson,
  toProblem,
  VirtualClock,
} from "../../../src/base/index.ts";

test("a sentence whose slot is empty is left out of an error", () => {
  const mistyped = defineError({
    code: "DSDN_TEST_MISTYPED",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "No {name}.",
      enHint: "Did you mean: {candidates}? `dsdn ls` lists all.",
      id: "Tidak ada {name}.",
      idHint: "Mungkin maksud Anda: {candidates}? `dsdn ls` menampilkan semuanya.",
    },
  });
  const hint = (candidates: string) => renderError(fail(mistyped, { name: "x", candidates }), "en").hint;
  expect(hint("my-app")).toBe("Did you mean: my-app? `dsdn ls` lists all.");
  expect(hint("")).toBe("`dsdn ls` lists all.");
});

test("an error that is printed as it is shows its code and facts, and not every text it has", () => {
  const error = fail(baseErrors.portTaken, { port: 80, host: "127.0.0.1" });
  expect(Object.keys(error)).toEqual(expect.arrayContaining(["code", "facts"]));
  const printed = inspect(error);
  expect(printed).toContain("code: 'DSDN_BASE_PORT_TAKEN'");
  expect(printed).not.toContain(baseErrors.portTaken.text.id);
  expect(error.hint).toBe(renderError(error, "en").hint);
});

describe("an error over HTTP", () => {
  test("comes out as it went in: code, facts, exit code and both languages", () => {
    const error = fail(baseErrors.portTaken, { port: 80, host: "127.0.0.1" });
    const back = findProblem(JSON.parse(JSON.stringify(toProblem(error))));
    expect(back).toBeInstanceOf(DsdnError);
    expect(back?.code).toBe(error.code);
    expect(back?.facts).toEqual(error.facts);
    expect(back?.spec).toMatchObject({ exit: 12, kind: "user" });
    for (const language of ["en", "id"] as const) {
      expect(back && renderError(back, language)).toEqual(renderError(error, language));
    }
  });

  test.each([
    null,
    "text",
    [],
    {},
    { code: "OTHER", kind: "user", status: 400, exitCode: 1, message_en: "x" },
    { code: "DSDN_X_Y", kind: "strange", status: 400, exitCode: 1, message_en: "x" },
    { code: "DSDN_X_Y", kind: "user", status: "400", exitCode: 1, message_en: "x" },
    { code: "DSDN_X_Y", kind: "user", status: 400, exitCode: 1 },
  ])("that is none of ours is not taken for one: %j", (body) => {
    expect(findProblem(body)).toBeUndefined();
  });

  test("cannot flood the reader", () => {
    const problem = {
      code: "DSDN_X_Y",
      kind: "network",
      status: 503,
      exitCode: 31,
      message_en: "x".repeat(1e6),
      suggestion_en: 7,
      message_id: null,
      suggestion_id: "h",
      facts: Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`f${at}`, "y".repeat(1e5)])),
    };
    const size = JSON.stringify(
      toProblem(findProblem(problem) ?? fail(baseErrors.routeMissing, { method: "", path: "" })),
    );
    expect(size.length).toBeLessThan(150_000);
  });

  test("is worded for whoever asks, by accept-language", () => {
    const asked = ["id-ID,id;q=0.9,en;q=0.8", "en-US,en;q=0.9,id;q=0.5", "fr", undefined, "*", "in"];
    expect(asked.map(languageOf)).toEqual(["id", "en", "en", "en", "en", "id"]);
    const error = fail(baseErrors.portTaken, { port: 80, host: "127.0.0.1" });
    const { message, hint } = renderError(error, "id");
    expect(toProblem(error, "id")).toMatchObject({ title: message, detail: hint, message, hint });
  });
});

describe("an error as a program reads it", () => {
  const members = [
    "code",
    "message",
    "hint",
    "message_id",
    "message_en",
    "suggestion_id",
    "suggestion_en",
    "docs_link",
    "exitCode",
    "facts",
    "causes",
  ];

  test("has the same members in the library, over HTTP and under --json, and both languages whichever was asked", () => {
    const error = fail(baseErrors.fileMissing, { path: "/x" }, { cause: new RangeError("key=hunter2") });
    const json = JSON.parse(JSON.stringify(error));
    expect(Object.keys(json)).toEqual(members);
    expect(toProblem(error)).toMatchObject(json);
    expect(toErrorJson(error, "id")).toEqual({
      ...json,
      message: json.message_id,
      hint: json.suggestion_id,
      docs_link: docsOfError(error.code, "id"),
    });
    expect(json.causes).toEqual([{ code: "UNKNOWN", message: "RangeError" }]);
  });

  test("says in words what the system calls by a code, and keeps the code among its facts", () => {
    const error = fail(baseErrors.unreachable, { service: "Ingress", reason: "ECONNREFUSED" });
    const { message_en, message_id, facts } = toErrorJson(error, "en");
    expect(message_en + message_id).not.toContain("ECONNREFUSED");
    expect(message_en).not.toBe(message_id);
    expect(facts["reason"]).toBe("ECONNREFUSED");
  });
});

test("any thrown thing becomes an error of ours, and a fault of the program says nothing of its inside", () => {
  for (const thrown of [new TypeError("inner"), "text", undefined, { code: "X" }]) {
    const error = toDsdnError(thrown);
    expect(error).toBeInstanceOf(DsdnError);
    expect(error.spec.kind).toBe("bug");
    expect(renderError(error, "en").message).not.toContain("inner");
  }
});

describe("a virtual clock", () => {
  test("fires timers in due order, equal ones in the order they were set, and not cancelled ones", async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.after(20, () => fired.push("c"));
    clock.after(10, () => fired.push("a"));
    clock.after(10, () => fired.push("b"));
    clock.after(15, () => fired.push("never"))();
    clock.after(10, () => clock.after(5, () => fired.push("set while advancing")));
    await clock.advance(19);
    expect(fired).toEqual(["a", "b", "set while advancing"]);
    await clock.advance(1);
    expect(fired.at(-1)).toBe("c");
    expect(clock.monotonicMs()).toBe(20);
  });

  test("rejects a sleep with the reason of its signal", async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(1_000, abort.signal);
    abort.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("enough");
    await expect(clock.sleep(1, abort.signal)).rejects.toThrow("enough");
  });
});

describe("steps that start together", () => {
  const part = (name: string, said: string[], fault?: "start" | "stop") => ({
    name,
    part: {
      start: async () => {
        if (fault === "start") throw new Error(`${name} fails`);
        said.push(`start ${name}`);
      },
      stop: async () => {
        said.push(`stop ${name}`);
        if (fault === "stop") throw new Error(`${name} stays`);
      },
    },
  });

  test("are stopped in reverse when one fails, and the first error is thrown with the rest on it", async () => {
    const said: string[] = [];
    const steps = [part("a", said), part("b", said, "stop"), part("c", said, "start"), part("d", said)];
    await expect(startAll(steps)).rejects.toMatchObject({ message: "c fails", rollback: [{ message: "b stays" }] });
    expect(said).toEqual(["start a", "start b", "stop c", "stop b", "stop a"]);
  });
});
