import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemDisk } from "../../../src/base/index.ts";
import { type ConfigSources, readRoleConfig } from "../../../src/roles/index.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsdn-config-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function signInOf(lines: readonly string[], flags: ConfigSources["flags"] = []) {
  const file = join(folder, "dsdn.toml");
  writeFileSync(file, ["[ingress.sign_in]", ...lines].join("\n"));
  return (await readRoleConfig({ file, env: {}, flags }, systemDisk())).ingress.sign_in;
}

describe("the sign-in of an ingress's settings", () => {
  test("names provider, client and what a token must say", async () => {
    const lines = ['issuer = "https://login.example.org/realm"', 'client_id = "dsdn"', 'claims = { groups = "staff" }'];
    expect(await signInOf(lines)).toEqual({
      issuer: "https://login.example.org/realm",
      client_id: "dsdn",
      claims: { groups: "staff" },
    });
  });

  test("may come from flags, where a client of digits alone stays a name", async () => {
    const flags: ConfigSources["flags"] = [
      [["ingress", "sign_in", "issuer"], "http://127.0.0.1:9000"],
      [["ingress", "sign_in", "client_id"], "123456"],
    ];
    expect(await signInOf([], flags)).toEqual({ issuer: "http://127.0.0.1:9000", client_id: "123456" });
  });

  test("takes no provider that could not be trusted, and none by half", async () => {
    const client = 'client_id = "dsdn"';
    for (const issuer of [
      "http://login.example.org",
      "https://a:b@login.example.org",
      "https://x.org/?a=1",
      "login",
      "",
    ]) {
      const reading = signInOf([`issuer = "${issuer}"`, client]);
      await expect(reading, issuer).rejects.toMatchObject({ code: "DSDN_ROLES_CONFIG_INVALID" });
    }
    await expect(signInOf([client])).rejects.toMatchObject({ code: "DSDN_ROLES_CONFIG_INVALID" });
    await expect(signInOf(['issuer = "https://x.org"'])).rejects.toMatchObject({ code: "DSDN_ROLES_CONFIG_INVALID" });
  });
});
