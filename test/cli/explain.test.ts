import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
import { dsdn } from "./script.ts";

describe("dsdn explain", () => {
  test("tells what an error means and what to do, in either language and without a network", async () => {
    const english = await dsdn(["explain", "DSDN_CLIENT_TARGET_EXISTS"]);
    expect(english.exitCode).toBe(0);
    expect(english.stdout).toMatch(/<path>/);
    expect(english.stdout).not.toMatch(/[{}]/);
    const indonesian = await dsdn(["explain", "DSDN_CLIENT_TARGET_EXISTS", "--lang", "id"]);
    expect(indonesian.stdout).toContain("Yang dapat dilakukan");
    expect(indonesian.stdout).toContain("docs/id/troubleshooting/client.md#dsdn_client_target_exists");
  });

  test("finds a code however it was typed, and says the same under --json", async () => {
    const typed = await dsdn(["explain", "client-target-exists", "--json"]);
    const { errors } = JSON.parse(typed.stdout).summary;
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: "DSDN_CLIENT_TARGET_EXISTS", exitCode: 18, kind: "user" });
  });

  test("lists every error of an exit code, as the catalogue has them", async () => {
    const listed = await dsdn(["explain", "43", "--quiet"]);
    const pages = globSync("docs/en/troubleshooting/*.md", { cwd: root }).map((path) => readFileSync(join(root, path)));
    const entries = pages.flatMap((page) => [...String(page).matchAll(/^### (\S+)\n[^#]*^Exit code 43 /gm)]);
    const codes = entries.map(([, code]) => code).sort();
    expect(codes.length).toBeGreaterThan(0);
    expect(listed.stdout.trim().split("\n")).toEqual(codes);
  });

  test("says the nearest codes when there is none, and the exit codes there are", async () => {
    const code = await dsdn(["explain", "DSDN_CLIENT_TARGET_EXIST", "--json"]);
    expect(code.exitCode).toBe(2);
    expect(JSON.parse(code.stdout).error.hint).toContain("DSDN_CLIENT_TARGET_EXISTS");
    const exit = await dsdn(["explain", "99"]);
    expect(exit.exitCode).toBe(2);
    expect(exit.stderr).toMatch(/\b43\b/);
  });
});
