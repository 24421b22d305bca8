import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { hasPty, onTerminal } from "./pty.ts";
import { dsdn, listFiles, makeFolder } from "./script.ts";

const FILES = { github: ".github/workflows/dsdn.yml", gitlab: ".gitlab-ci.yml" } as const;
const hosts = ["github", "gitlab"] as const;

/** A folder that is a git repository as far as its files show. */
async function makeRepository(files: { readonly [path: string]: string }, remote?: string): Promise<string> {
  const folder = await makeFolder();
  await mkdir(join(folder, ".git"));
  await writeFile(join(folder, ".git", "config"), remote === undefined ? "" : `[remote "origin"]\n\turl = ${remote}\n`);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

describe.each(hosts)("dsdn init --ci %s", (host) => {
  test("writes the file for the project here, in both languages, and says which secret it needs", async () => {
    for (const lang of ["en", "id"]) {
      const folder = await makeRepository({ "index.html": "<h1>hi</h1>" });
      const outcome = await dsdn(["init", "--ci", host, "--lang", lang], { folder });
      expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
      expect(outcome.stdout).toContain(FILES[host]);
      expect(outcome.stdout).toContain("dsdn session grant --name ci --print");
      expect(Object.keys(await listFiles(folder))).toEqual([".git/config", FILES[host], "index.html"].sort());
    }
  });

  test("installs this very version, downloads no script, and pins what it takes from others", async () => {
    const folder = await makeRepository({ "index.html": "x" });
    await dsdn(["init", "--ci", host], { folder });
    const text = await readFile(join(folder, FILES[host]), "utf8");
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    expect(text).toContain(`DSDN_PACKAGE: dsdn@${version}\n`);
    expect(text).not.toMatch(/curl|wget|\| *(?:ba)?sh\b/);
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)].map(([, action, rest]) => [action, rest]);
    for (const [action, rest] of used) {
      expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/);
      expect(rest).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
    expect(used.length > 0).toBe(host === "github");
    expect(() => parse(text)).not.toThrow();
  });

  test("changes no file that is there, and makes no project beside it", async () => {
    const folder = await makeRepository({ [FILES[host]]: "mine\n" });
    for (const args of [
      ["init", "--ci", host],
      ["init", "app", "--template", "web-app", "--ci", host],
    ]) {
      const outcome = await dsdn(args, { folder });
      expect(outcome).toMatchObject({ exitCode: 14, stdout: "", stderr: expect.stringContaining("FILE_EXISTS") });
    }
    expect(await listFiles(folder)).toEqual({ ".git/config": "", [FILES[host]]: "mine\n" });
  });

  test("of a project below the repository's folder lies where the host looks for it, and names the project", async () => {
    const folder = await makeRepository({ "apps/shop/index.html": "x", "apps/shop/dsdn.yaml": "name: the-shop\n" });
    const { stdout } = await dsdn(["init", "apps/shop", "--ci", host, "--json"], { folder });
    const { summary } = JSON.parse(stdout);
    expect(summary).toMatchObject({ template: null, files: [], ci: { host, path: join(folder, FILES[host]) } });
    const text = await readFile(join(folder, FILES[host]), "utf8");
    expect(text).toContain('"./apps/shop"');
    expect(text).toContain('"the-shop"');
  });

  test("is written beside a new project as well", async () => {
    const folder = await makeRepository({});
    const { stdout } = await dsdn(["init", "shop", "--template", "web-app", "--ci", host, "--json"], { folder });
    expect(JSON.parse(stdout).summary).toMatchObject({ template: "web-app", ci: { host } });
    expect(Object.keys(await listFiles(folder))).toEqual(expect.arrayContaining(["shop/api/index.ts", FILES[host]]));
  });

  test("a name with a host's own signs in it stays a name", async () => {
    const name = `a "quoted" $HOME \${{ secrets.DSDN_SESSION }}`;
    const folder = await makeRepository({ "index.html": "x", "dsdn.yaml": `name: ${JSON.stringify(name)}\n` });
    await dsdn(["init", "--ci", host], { folder });
    const file = parse(await readFile(join(folder, FILES[host]), "utf8"));
    const opened = "${".concat("{");
    if (host === "gitlab") expect(file.variables.NAME).toEqual({ value: name, expand: false });
    else expect(file.env.NAME).toBe(name.replace(opened, `${opened} '${opened}' }}`));
  });
});

test("a project that brings its own pipeline file along keeps it", async () => {
  const folder = await makeFolder();
  await mkdir(join(folder, "theirs"));
  await writeFile(join(folder, "theirs", "index.html"), "x");
  await writeFile(join(folder, "theirs", ".gitlab-ci.yml"), "theirs\n");
  expect(await dsdn(["init", "mine", "--from", "theirs", "--ci", "gitlab"], { folder })).toMatchObject({
    exitCode: 14,
  });
  expect(await readFile(join(folder, "mine", ".gitlab-ci.yml"), "utf8")).toBe("theirs\n");
});

test("a planted link on the way is not followed", async () => {
  const folder = await makeRepository({ "index.html": "x", "elsewhere/kept.txt": "kept" });
  await symlink(join(folder, "elsewhere"), join(folder, ".github"));
  expect(await dsdn(["init", "--ci", "github"], { folder })).toMatchObject({ exitCode: 14 });
  expect(Object.keys(await listFiles(join(folder, "elsewhere")))).toEqual(["kept.txt"]);
});

test("without a terminal nothing is offered, whatever the repository's remote is", async () => {
  const folder = await makeRepository({}, "git@github.com:acme/shop.git");
  const { stdout } = await dsdn(["init", "shop", "--json"], { folder });
  expect(JSON.parse(stdout).summary.ci).toBe(null);
  expect(await dsdn(["init", "--ci", "bitbucket"], { folder })).toMatchObject({ exitCode: 2 });
});

describe.skipIf(!hasPty)("in a terminal", () => {
  const init = (folder: string, keys: string) =>
    onTerminal(["init", "shop", "--template", "web-app"], {
      columns: 80,
      folder,
      env: { HOME: folder, DSDN_HOME: join(folder, "home") },
      answers: [{ after: "which deploys", keys }],
    });

  test("the file is offered where the repository's remote says which host it has, and written on a yes", async () => {
    const folder = await makeRepository({}, "https://gitlab.example.org/acme/shop.git");
    const { exitCode, raw } = await init(folder, "y");
    expect([exitCode, raw]).toEqual([0, expect.stringContaining("GitLab")]);
    expect(Object.keys(await listFiles(folder))).toEqual(
      expect.arrayContaining([".gitlab-ci.yml", "shop/api/index.ts"]),
    );
  });

  test("a no leaves the project without one, and where nothing can be told nobody is asked", async () => {
    const refused = await makeRepository({}, "git@github.com:acme/shop.git");
    expect((await init(refused, "n")).exitCode).toBe(0);
    const both = await makeRepository({}, "git@github.com:acme/shop.git\n\turl = git@gitlab.com:acme/shop.git");
    const { exitCode, raw } = await init(both, "y");
    expect([exitCode, raw]).toEqual([0, expect.not.stringContaining("which deploys")]);
    for (const folder of [refused, both]) {
      const files = Object.keys(await listFiles(folder));
      expect(files.filter((path) => path.endsWith(".yml"))).toEqual([]);
    }
  });
});
