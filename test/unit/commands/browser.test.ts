import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openInBrowser } from "../../../src/commands/framework/browser.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsdn-browser-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.runIf(process.platform === "linux")(
  "a browser gets the address as one argument, and no session or token of this program (skipped elsewhere)",
  async () => {
    const seen = join(folder, "seen");
    const opener = join(folder, "xdg-open");
    writeFileSync(opener, `#!/bin/sh\n{ echo "$#|$1"; env; } > '${seen}.new'\nmv '${seen}.new' '${seen}'\n`);
    chmodSync(opener, 0o755);
    const secrets = { DSDN_SESSION: "secret-1", DSDN_TOKEN_FILE: "secret-2", DA_AUTH_TOKEN: "secret-3" };
    const env = { ...secrets, PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ":0", HOME: folder };
    const url = "http://127.0.0.1:1/dashboard#control=1&code=$(touch x);%20'";
    expect(await openInBrowser(url, env)).toBe(true);
    await expect.poll(() => existsSync(seen)).toBe(true);
    const text = readFileSync(seen, "utf8");
    expect(text.split("\n")[0]).toBe(`1|${url}`);
    expect(text).toContain(`HOME=${folder}`);
    expect(text).not.toContain("secret");
  },
);

test("only addresses of the web are opened, and nothing without a screen", async () => {
  const env = { PATH: folder, DISPLAY: ":0" };
  for (const url of ["file:///etc/passwd", "javascript:alert(1)", "--help", "", "data:text/html,x"]) {
    expect(await openInBrowser(url, env), url).toBe(false);
  }
  expect(await openInBrowser("https://example.org", { PATH: folder })).toBe(false);
});
