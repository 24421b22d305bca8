import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { visit } from "./network.ts";
import { dsdn, listFiles, makeFolder } from "./script.ts";

const demoFolders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("dsdn-demo-"));

test("in CI the demonstration does everything, ends by itself and leaves nothing behind", async () => {
  const folder = await makeFolder();
  const env = { CI: "1", DSDN_HOME: join(folder, "home") };
  const { exitCode, stdout } = await dsdn(["demo", "--json"], { folder, env });
  const { summary } = JSON.parse(stdout);
  expect(exitCode).toBe(0);
  expect(summary).toMatchObject({ apiStatus: 200, files: 4, roles: 10, rolesAgreeing: 10, isRunning: false });
  expect(summary.shares).toHaveLength(3);
  expect(summary.zones).toBeGreaterThanOrEqual(2);
  await expect(visit(summary.site.url)).rejects.toThrow();
  expect(await demoFolders()).not.toContain(summary.folder.split("/").at(-1));
  expect(await listFiles(folder)).toEqual({});
});

test("for a person it prints addresses that answer, and other commands find its network and can stop it", async () => {
  const folder = await makeFolder();
  const env = { DSDN_HOME: join(folder, "home") };
  const seen: { page?: Promise<number>; listed?: Promise<string> } = {};
  const { exitCode, stdout, stderr } = await dsdn(["demo"], {
    folder,
    env,
    interruptWhen: (out, err) => {
      const [, url] = /^Site +(http:\S+)/m.exec(out) ?? [];
      if (url !== undefined && err.includes("Ctrl-C") && seen.page === undefined) {
        seen.page = visit(url).then(({ status }) => status);
        seen.listed = dsdn(["ls"], { folder, env }).then((outcome) => outcome.stdout);
        void Promise.allSettled([seen.page, seen.listed]).then(() => dsdn(["dev", "stop"], { folder, env }));
      }
      return false;
    },
  });
  const [, files = ""] = /^Files of this tour +(\S+)/m.exec(stdout) ?? [];
  await rm(files, { recursive: true });
  expect(exitCode, stderr).toBe(0);
  expect(await seen.page).toBe(200);
  expect(await seen.listed).toContain("photos");
  expect(stdout).toContain("shares 1 and 3");
});
