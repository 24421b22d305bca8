import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { listErrors } from "../../scripts/list-errors.ts";
import { errorRooms } from "../../scripts/reference/error-rooms.ts";
import { findUndescribed } from "../../scripts/reference/http.ts";
import { symptoms } from "../../scripts/reference/symptoms.ts";
import { roomOf } from "../../scripts/reference/troubleshooting.ts";
import { root } from "../../scripts/rooms.ts";
import { docsOfError } from "../../src/base/index.ts";

const run = promisify(execFile);
const errors = await listErrors((path) => import(pathToFileURL(join(root, path)).href));

describe("the reference", () => {
  test.each(["write-reference", "write-library-reference"])("is what %s.ts makes of the code", async (script) => {
    const checked = run(process.execPath, [join(root, `scripts/${script}.ts`), "--check"]);
    const stale = await checked.then(
      () => "",
      (error: { stdout: string; stderr: string }) => `${error.stdout}${error.stderr}`,
    );
    expect(stale).toBe("");
  });

  test.each(["en", "id"] as const)("explains every error where its link leads (%s)", (language) => {
    const missing = errors.filter(({ spec }) => {
      const [path = "", anchor] = docsOfError(spec.code, language).split("#");
      const page = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
      return !new RegExp(`^### ${spec.code}$`, "m").test(page) || anchor !== spec.code.toLowerCase();
    });
    expect(missing.map(({ spec }) => spec.code)).toEqual([]);
  });

  test("names only errors that exist where it goes by what somebody sees", () => {
    const known = new Set(errors.map(({ spec }) => spec.code));
    const named = symptoms.flatMap(({ rows }) => rows.flatMap(({ codes }) => codes)).map((name) => `DSDN_${name}`);
    expect(named.filter((code) => !known.has(code))).toEqual([]);
  });

  test("has words in both languages for every part of the program and every route", () => {
    const rooms = new Set(errors.map(({ spec }) => roomOf(spec.code)));
    expect(Object.keys(errorRooms).sort(), "scripts/reference/error-rooms.ts").toEqual([...rooms].sort());
    expect(findUndescribed(), "scripts/reference/http-texts.ts").toEqual({ missing: [], left: [] });
  });
});
