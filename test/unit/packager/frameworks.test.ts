import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { detectProject, packProject } from "../../../src/packager/index.ts";
import { copyProject, frameworkProjects } from "../../framework-projects.ts";
import { deps, project } from "./projects.ts";

const copy = (found: (typeof frameworkProjects)[number]) => {
  const root = join(project({}), found.folder);
  copyProject(found, root);
  return root;
};
const one = (folder: string) => {
  const found = frameworkProjects.find((candidate) => candidate.folder === folder);
  if (found === undefined) throw new TypeError(`no project ${folder}`);
  return { ...found, root: copy(found) };
};

describe.each(frameworkProjects)("a project of $framework", (found) => {
  test("is recognised by its files, and its output is taken while it is current", async () => {
    const detection = await detectProject(copy(found), deps);
    const { framework, site, fallback } = found;
    expect(detection).toMatchObject({ type: "static", kind: "static", framework, site, fallback });
    expect(detection.build?.output).toBe("current");
    expect(detection.build?.command.argv.join(" ")).toBe(found.command);
    expect(detection.because.length).toBeGreaterThanOrEqual(2);
  });

  test("packs exactly its output", async () => {
    const root = copy(found);
    const built = await packProject({ path: root }, deps);
    const direct = await packProject({ path: join(root, found.site) }, deps);
    expect(built.manifest.files).toEqual(direct.manifest.files);
    expect(built.manifest.files.length).toBeGreaterThanOrEqual(2);
  });

  test("has to be built when its output is gone, and when a source changed since", async () => {
    const root = copy(found);
    writeFileSync(join(root, "changed.txt"), "");
    await expect(packProject({ path: root }, deps)).rejects.toMatchObject({
      code: "DSDN_PACKAGER_OUTPUT_OLDER",
      facts: { output: found.site, command: found.command },
    });
    rmSync(join(root, found.site), { recursive: true });
    const error: unknown = await packProject({ path: root }, deps).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "DSDN_PACKAGER_NEEDS_BUILD", facts: { command: found.command } });
  });
});

test.each([
  ["pnpm-lock.yaml", "pnpm run build"],
  ["yarn.lock", "yarn run build"],
  ["bun.lock", "bun run build"],
  ["bun.lockb", "bun run build"],
  ["package-lock.json", "npm run build"],
])("%s chooses who runs the build", async (lockfile, command) => {
  const { root } = one("astro");
  writeFileSync(join(root, lockfile), "");
  expect((await detectProject(root, deps)).build?.command.argv.join(" ")).toBe(command);
});

test("a project of a workspace is built by the workspace's package manager, with its settings", async () => {
  const json = JSON.stringify({ scripts: { build: "astro build" }, dependencies: { astro: "*" } });
  const workspaces: [Record<string, string>, string][] = [
    [{ "pnpm-workspace.yaml": "packages: [apps/*]", "pnpm-lock.yaml": "" }, "pnpm run build"],
    [{ "package.json": '{"workspaces":["apps/*"]}', "yarn.lock": "", ".yarnrc.yml": "x: y" }, "yarn run build"],
    // Beside it lies a project of its own that has nothing to do with this one.
    [{ "package.json": "{}", "yarn.lock": "" }, "npm run build"],
  ];
  for (const [files, command] of workspaces) {
    const root = project({ ...files, "apps/web/package.json": json });
    const { build } = await detectProject(join(root, "apps/web"), deps);
    expect(build?.command.argv.join(" ")).toBe(command);
    const settings = Object.keys(files).filter((name) => /^(\.yarnrc|pnpm-workspace)/.test(name));
    expect(build?.command.runs.map(({ name }) => name)).toEqual(["build", ...settings.map((name) => `../../${name}`)]);
  }
});

test("of a workspace the projects with a site are named, unless it has something to deploy itself", async () => {
  const app = JSON.stringify({ dependencies: { astro: "*" } });
  const apps = { "apps/web/package.json": app, "docs/package.json": app, "packages/ui/package.json": "{}" };
  for (const top of [
    { "pnpm-workspace.yaml": "" },
    { "package.json": '{"workspaces":["*"],"scripts":{"build":"x"}}' },
  ]) {
    await expect(detectProject(project({ ...apps, ...top }), deps)).rejects.toMatchObject({
      code: "DSDN_PACKAGER_SEVERAL_PROJECTS",
      facts: { projects: "docs (Astro), apps/web (Astro)" },
    });
    const own = project({ ...apps, ...top, "dist/index.html": "" });
    expect(await detectProject(own, deps)).toMatchObject({ site: "dist", framework: null });
  }
  await expect(detectProject(project(apps), deps)).rejects.toMatchObject({ code: "DSDN_PACKAGER_NOT_RECOGNISED" });
});

test("Jekyll is run by itself where no Gemfile says by which version", async () => {
  const files = { "_config.yml": "", "_layouts/default.html": "" };
  expect((await detectProject(project(files), deps)).build?.command.argv).toEqual(["jekyll", "build"]);
  const bundled = await detectProject(project({ ...files, Gemfile: "" }), deps);
  expect(bundled.build?.command.argv).toEqual(["bundle", "exec", "jekyll", "build"]);
});

test("without a script the tool itself is run, and nothing is installed for it", async () => {
  const json = JSON.stringify({ devDependencies: { vite: "*" } });
  const npm = await detectProject(project({ "package.json": json }), deps);
  expect(npm.build?.command.argv).toEqual(["npm", "exec", "--no", "--", "vite", "build"]);
  const pnpm = await detectProject(project({ "package.json": json, "pnpm-lock.yaml": "" }), deps);
  expect(pnpm.build?.command.argv).toEqual(["pnpm", "exec", "vite", "build"]);
});

test("the command carries all that it runs: scripts before and after, and settings of the package manager", async () => {
  const scripts = { prebuild: "a", build: "b", postbuild: "c", test: "d" };
  const root = project({
    "package.json": JSON.stringify({ scripts, dependencies: { astro: "*" } }),
    ".npmrc": "script-shell=./x",
  });
  expect((await detectProject(root, deps)).build?.command.runs).toEqual([
    { name: "prebuild", text: "a" },
    { name: "build", text: "b" },
    { name: "postbuild", text: "c" },
    { name: ".npmrc", text: "script-shell=./x" },
  ]);
});

test.each<[string, Record<string, string>, string]>([
  ["Next.js", { "next.config.js": "module.exports = {}", "package.json": '{"scripts":{"build":"x"}}' }, "export"],
  ["SvelteKit", { "package.json": '{"devDependencies":{"@sveltejs/kit":"2"}}' }, "adapter-static"],
  ["React Router", { "react-router.config.ts": "export default {}" }, "ssr: false"],
  ["Remix", { "package.json": '{"devDependencies":{"@remix-run/dev":"2"}}' }, "ssr: false"],
  ["Astro", { "astro.config.mjs": 'export default defineConfig({\n  output: "server",\n});' }, 'output: "static"'],
])("%s that is not set to make files says so", async (framework, files, setting) => {
  const { build } = await detectProject(project(files), deps);
  expect(build?.obstacle).toContain(setting);
  expect((await detectProject(project(files), deps)).framework).toBe(framework);
});

test("Astro that makes files has no obstacle, whatever a comment says", async () => {
  for (const text of ["", 'export default { output: "static" };', '// output: "server"\nexport default {};']) {
    const { framework, build } = await detectProject(project({ "astro.config.mjs": text }), deps);
    expect([framework, build?.obstacle]).toEqual(["Astro", undefined]);
  }
});

test.each<[string, Record<string, string>, string]>([
  ["Vite", { "vite.config.ts": 'export default { build: { outDir: "web" } }', "web/index.html": "" }, "web"],
  ["Hugo", { "hugo.toml": "publishDir = 'www'", "www/index.html": "" }, "www"],
  ["Jekyll", { "_config.yml": "destination: ./html\n", "html/index.html": "" }, "html"],
  ["mdBook", { "book.toml": '[build]\nbuild-dir = "pages"', "pages/index.html": "" }, "pages"],
  ["Eleventy", { "eleventy.config.js": 'export default () => ({ dir: { output: "o" } })', "o/index.html": "" }, "o"],
])("%s that is set to another folder is taken from there", async (framework, files, site) => {
  expect(await detectProject(project(files), deps)).toMatchObject({ framework, site });
});

test.each<[string, string, string, string]>([
  ["vite", "build", "vite build --outDir ./web/", "web"],
  ["astro", "build", "astro check && astro build --outDir=site", "site"],
  ["parcel", "build", "parcel build --dist-dir 'public'", "public"],
  ["storybook", "build-storybook", "storybook build -o docs/stories", "docs/stories"],
  ["@11ty/eleventy", "build", "eleventy --input=src --output=www", "www"],
  ["vitepress", "docs:build", "vitepress build website", "website/.vitepress/dist"],
  ["vitepress", "build", "vitepress build", ".vitepress/dist"],
  ["vite", "build", "tsc --outDir ../types && vite build", "dist"],
])("%s whose script %s says `%s` is taken from %s", async (name, script, text, site) => {
  const json = JSON.stringify({ devDependencies: { [name]: "*" }, scripts: { [script]: text } });
  const root = project({
    "package.json": json,
    ".storybook/main.js": "",
    "index.html": "",
    [`${site}/index.html`]: "",
  });
  expect(await detectProject(root, deps)).toMatchObject({ site, build: { output: "current" } });
});

test.each(["../../etc", "/etc", "..", "a/../../b"])("an output folder set to %s is refused", async (folder) => {
  const root = project({ "vite.config.js": `export default { build: { outDir: "${folder}" } }` });
  await expect(detectProject(root, deps)).rejects.toMatchObject({ code: "DSDN_PACKAGER_OUTSIDE_PROJECT" });
});

test("a bundler below a framework is the framework, and a workshop beside an application is not it", async () => {
  const dependencies = { astro: "*", vite: "*", storybook: "*" };
  const root = project({ "package.json": JSON.stringify({ dependencies }), ".storybook/main.js": "" });
  expect((await detectProject(root, deps)).framework).toBe("Astro");
  const app = project({ "package.json": '{"dependencies":{"vite":"*"}}', ".storybook/main.js": "", "index.html": "" });
  expect((await detectProject(app, deps)).framework).toBe("Vite");
  const library = project({
    "package.json": '{"dependencies":{"vite":"*"}}',
    ".storybook/main.js": "",
    "src/a.js": "",
  });
  expect((await detectProject(library, deps)).framework).toBe("Storybook");
  const hosted = project({ "package.json": '{"dependencies":{"vite":"*"}}', "_config.yml": "theme: x" });
  expect((await detectProject(hosted, deps)).framework).toBe("Vite");
});

test("what is no source of the output does not make it old: notes, hidden caches, dependencies", async () => {
  const { root } = one("vite");
  for (const path of [
    "README.md",
    "dsdn.yaml",
    ".gitignore",
    "node_modules/x/a.js",
    ".git/HEAD",
    ".astro/types.d.ts",
  ]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "x");
  }
  expect((await detectProject(root, deps)).build?.output).toBe("current");
});

test.each<[string, Record<string, string>, string | undefined]>([
  ["the only page", { "index.html": "app" }, "index.html"],
  ["no page, when there are several", { "index.html": "app", "about/index.html": "" }, undefined],
  ["no page, when one says what is missing", { "index.html": "app", "404.html": "" }, undefined],
  ["the shell", { "index.html": "home", "200.html": "app", "about.html": "" }, "200.html"],
  ["the shell alone", { "200.html": "app" }, "200.html"],
  ["the first page, when it is the shell", { "index.html": "app", "200.html": "app", "404.html": "app" }, "200.html"],
  ["no page, when all were made", { "index.html": "home", "200.html": "app", "404.html": "app" }, undefined],
  [
    "the shell of React Router",
    { "index.html": "home", "__spa-fallback.html": "app", "a.html": "" },
    "__spa-fallback.html",
  ],
  ["the shell of Angular alone", { "index.csr.html": "app", "about/index.html": "" }, "index.csr.html"],
  ["the shell of Angular", { "index.html": "home", "index.csr.html": "app", "a/index.html": "" }, "index.csr.html"],
])(
  "of an application that routes in the browser, %s answers for paths without a file",
  async (_what, pages, expected) => {
    const built = Object.entries(pages).map(([name, text]) => [`dist/${name}`, text]);
    const root = project({ "package.json": '{"dependencies":{"vite":"*"}}', ...Object.fromEntries(built) });
    const detection = await detectProject(root, deps);
    expect(detection).toMatchObject({ site: "dist", fallback: expected, build: { output: "current" } });
    expect((await packProject({ path: root }, deps)).manifest.site?.fallback).toBe(expected ?? null);
  },
);

test.each([
  ["index.html", "index.html"],
  ["app.html", "app.html"],
  ["404.html", undefined],
  ["gone.html", undefined],
])("SvelteKit's setting %s says which page that is", async (named, expected) => {
  const root = project({
    "package.json": '{"devDependencies":{"@sveltejs/kit":"2","@sveltejs/adapter-static":"3"}}',
    "svelte.config.js": `import a from "@sveltejs/adapter-static"; export default { kit: { adapter: a({ fallback: '${named}' }) } }`,
    "build/index.html": "",
    "build/about.html": "",
    "build/app.html": "",
    "build/404.html": "",
  });
  expect((await detectProject(root, deps)).fallback).toBe(expected);
});
