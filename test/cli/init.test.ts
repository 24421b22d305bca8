import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeZip } from "../unit/packager/archives.ts";
import { dsdn, listFiles, makeFolder } from "./script.ts";

describe("dsdn init", () => {
  test("copies the template into a new folder, names every file with -v and says what to do next", async () => {
    const folder = await makeFolder();
    const outcome = await dsdn(["init", "my-app", "--template", "web-app", "-v"], { folder });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    const files = Object.keys(await listFiles(join(folder, "my-app")));
    expect(files).toEqual(expect.arrayContaining(["api/index.ts", "public/index.html"]));
    for (const file of files) expect(outcome.stdout).toContain(file);
    expect(outcome.stdout).toContain("dsdn deploy");
    const json = await dsdn(["init", "my-app", "--json"], { folder });
    expect(JSON.parse(json.stdout).summary).toMatchObject({ template: "web-app", files });
  });

  test("changes nothing in a folder that holds something else", async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, "thesis.txt"), "mine");
    const outcome = await dsdn(["init", "."], { folder });
    expect(outcome).toMatchObject({ stdout: "", stderr: expect.stringContaining("DSDN_PACKAGER_FOLDER_TAKEN") });
    expect(outcome.exitCode).toBeGreaterThanOrEqual(10);
    expect(await listFiles(folder)).toEqual({ "thesis.txt": "mine" });
  });

  test("an unknown template is refused with the known ones, a path among them is no way out", async () => {
    const folder = await makeFolder();
    for (const template of ["web-ap", "../src"]) {
      const outcome = await dsdn(["init", "x", "--template", template, "--json"], { folder });
      const { error } = JSON.parse(outcome.stdout);
      expect(error).toMatchObject({ code: "DSDN_PACKAGER_TEMPLATE_UNKNOWN", exitCode: outcome.exitCode });
      expect(error.facts.known).toContain("web-app");
    }
    expect(await listFiles(folder)).toEqual({});
  });

  test("a planted link is not followed", async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, "elsewhere"));
    await mkdir(join(folder, "app"));
    await symlink(join(folder, "elsewhere"), join(folder, "app", "public"));
    const outcome = await dsdn(["init", "app"], { folder });
    expect(outcome.exitCode).not.toBe(0);
    expect(await listFiles(join(folder, "elsewhere"))).toEqual({});
  });

  test("copies every template there is", async () => {
    const folder = await makeFolder();
    for (const template of ["ai-inference", "data-pipeline", "storage-only", "web-app"]) {
      const outcome = await dsdn(["init", template, "--template", template], { folder });
      expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
      const files = Object.keys(await listFiles(join(folder, template)));
      expect(files).toEqual(expect.arrayContaining(["README.md", "README.id.md"]));
    }
  });

  test("makes a project of a folder or an archive, and says what it left out", async () => {
    const folder = await makeFolder();
    const zip = makeZip([
      { name: "repo-main/index.html", content: "<p>" },
      { name: "repo-main/.git/config", content: "[core]" },
    ]);
    await writeFile(join(folder, "site.zip"), zip);
    const outcome = await dsdn(["init", "site", "--from", "site.zip", "--json"], { folder });
    expect(outcome.exitCode).toBe(0);
    expect(JSON.parse(outcome.stdout).summary).toMatchObject({ template: null, files: ["AGENTS.md", "index.html"] });
    expect(JSON.parse(outcome.stdout).summary.skipped).toEqual(["repo-main/.git"]);
    await dsdn(["init", "copy", "--from", "site"], { folder });
    expect(await listFiles(join(folder, "copy"))).toEqual({
      "AGENTS.md": expect.stringContaining("coding agents"),
      "index.html": "<p>",
    });
  });

  test("writes nothing for a hostile archive", async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, "evil.zip"), makeZip([{ name: "../up.txt", content: "x" }]));
    const outcome = await dsdn(["init", "app", "--from", "evil.zip"], { folder });
    expect(outcome).toMatchObject({ stdout: "", stderr: expect.stringContaining("DSDN_PACKAGER_SOURCE_REFUSED") });
    expect(Object.keys(await listFiles(folder))).toEqual(["evil.zip"]);
  });

  test("asks nobody when there is nobody to ask", async () => {
    const folder = await makeFolder();
    const outcome = await dsdn(["init"], { folder });
    expect(outcome).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("DSDN_COMMANDS_ARGUMENT_MISSING") });
    const both = await dsdn(["init", "x", "--template", "web-app", "--from", "y.zip"], { folder });
    expect(both.exitCode).toBe(2);
    expect(await listFiles(folder)).toEqual({});
  });
});
