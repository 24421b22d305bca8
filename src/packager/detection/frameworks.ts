/** A program of an npm package, or one of the machine. */
interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly isOfMachine?: true;
}

/** A tool that builds sites: how its projects are known, how they are built, and where the site comes out. */
export interface Framework {
  readonly name: string;
  /** Files below the project folder that only its projects have; `{a,b}` stands for either. */
  readonly files: readonly string[];
  /** npm packages in `dependencies` or `devDependencies` of its projects. */
  readonly packages: readonly string[];
  /** Folders the site comes out in, the usual first. */
  readonly outputs: readonly string[];
  /** Further files that hold its settings, beside `files`. */
  readonly settings?: readonly string[];
  /** Where the settings name another output folder: the first group. */
  readonly outputSetting?: RegExp;
  /** Where the script names the folder below which the usual output lies: the first group. */
  readonly folderInScript?: RegExp;
  /** Where the settings name the page that shows every path without a file: the first group. */
  readonly fallbackSetting?: RegExp;
  /** Scripts of `package.json` that build it, the first one present is run. */
  readonly scripts: readonly string[];
  /** What builds it when there is no such script. */
  readonly command: Command;
  /** The command of a project that lacks this file. */
  readonly without?: { readonly file: string; readonly command: Command };
  /**
   * Of several tools in one project the lowest one gives the site: a framework stands on a bundler; a workshop, and the
   * file of settings that a code host wants of its pages, stand beside both.
   */
  readonly rank: 0 | 1 | 2;
  /** True when applications of this tool route in the browser: a page may then stand for every path. */
  readonly isClientRouted: boolean;
  /** What the settings must say for a site of files; without it the build makes a server. */
  readonly staticSetting?: { readonly pattern: RegExp; readonly says: string };
  /** What the settings say when the build makes a server, and what they must say instead. */
  readonly serverSetting?: { readonly pattern: RegExp; readonly instead: string };
}

const JS = "{js,mjs,cjs,ts,mts,cts}";

const toolless = { isClientRouted: false, rank: 0, packages: [], scripts: [] } as const;
const framework = { isClientRouted: false, rank: 0, scripts: ["build"] } as const;

/** The tools that are recognised. @source their own documentation of project layout and default output folder */
export const frameworks: readonly Framework[] = [
  {
    ...framework,
    name: "Astro",
    files: [`astro.config.${JS}`],
    packages: ["astro"],
    outputs: ["dist"],
    outputSetting: /\boutDir\s*:\s*["'`]([^"'`]+)["'`]/,
    command: { program: "astro", args: ["build"] },
    serverSetting: { pattern: /^(?!\s*\/\/).*\boutput\s*:\s*["'`]server["'`]/m, instead: 'output: "static"' },
  },
  {
    ...framework,
    name: "Next.js",
    files: [`next.config.${JS}`],
    packages: ["next"],
    outputs: ["out"],
    outputSetting: /\bdistDir\s*:\s*["'`]([^"'`]+)["'`]/,
    command: { program: "next", args: ["build"] },
    staticSetting: { pattern: /\boutput["']?\s*:\s*["'`]export["'`]/, says: 'output: "export"' },
  },
  {
    ...framework,
    name: "SvelteKit",
    files: [],
    packages: ["@sveltejs/kit"],
    settings: ["svelte.config.{js,ts}", `vite.config.${JS}`],
    outputs: ["build"],
    fallbackSetting: /\bfallback\s*:\s*["'`]([^"'`/]+)["'`]/,
    outputSetting: /\bpages\s*:\s*["'`]([^"'`]+)["'`]/,
    command: { program: "vite", args: ["build"] },
    staticSetting: { pattern: /@sveltejs\/adapter-static/, says: "@sveltejs/adapter-static" },
    isClientRouted: true,
  },
  {
    ...framework,
    name: "Nuxt",
    files: [`nuxt.config.${JS}`],
    packages: ["nuxt"],
    outputs: [".output/public"],
    scripts: ["generate"],
    command: { program: "nuxt", args: ["generate"] },
    isClientRouted: true,
  },
  {
    ...framework,
    name: "Angular",
    files: ["angular.json"],
    packages: ["@angular/core"],
    outputs: ["dist"],
    command: { program: "ng", args: ["build"] },
    isClientRouted: true,
  },
  {
    ...framework,
    name: "React Router",
    files: [`react-router.config.${JS}`],
    packages: ["@react-router/dev"],
    outputs: ["build/client"],
    command: { program: "react-router", args: ["build"] },
    staticSetting: { pattern: /\bssr\s*:\s*false\b/, says: "ssr: false" },
    isClientRouted: true,
  },
  {
    ...framework,
    name: "Remix",
    files: [],
    packages: ["@remix-run/dev"],
    settings: [`vite.config.${JS}`],
    outputs: ["build/client"],
    command: { program: "remix", args: ["vite:build"] },
    staticSetting: { pattern: /\bssr\s*:\s*false\b/, says: "ssr: false" },
    isClientRouted: true,
  },
  {
    ...framework,
    name: "Gatsby",
    files: [`gatsby-config.${JS}`],
    packages: ["gatsby"],
    outputs: ["public"],
    command: { program: "gatsby", args: ["build"] },
  },
  {
    ...framework,
    name: "Eleventy",
    files: [".eleventy.{js,cjs}", "eleventy.config.{js,mjs,cjs}"],
    packages: ["@11ty/eleventy"],
    outputs: ["_site"],
    outputSetting: /\boutput\s*:\s*["'`]([^"'`]+)["'`]/,
    command: { program: "eleventy", args: [] },
  },
  {
    ...toolless,
    name: "Hugo",
    files: ["hugo.{toml,yaml,yml,json}", "archetypes/default.md", "config/_default/hugo.{toml,yaml,yml,json}"],
    outputs: ["public"],
    outputSetting: /^\s*"?publishDir"?\s*[:=]\s*["']?([^"'\s,]+)/im,
    command: { program: "hugo", args: [], isOfMachine: true },
  },
  {
    ...toolless,
    name: "Jekyll",
    rank: 2,
    files: ["_config.yml", "_config.yaml"],
    outputs: ["_site"],
    outputSetting: /^destination\s*:\s*["']?([^"'\s#]+)/m,
    command: { program: "bundle", args: ["exec", "jekyll", "build"], isOfMachine: true },
    without: { file: "Gemfile", command: { program: "jekyll", args: ["build"], isOfMachine: true } },
  },
  {
    ...framework,
    name: "Docusaurus",
    files: [`docusaurus.config.${JS}`],
    packages: ["@docusaurus/core"],
    outputs: ["build"],
    command: { program: "docusaurus", args: ["build"] },
  },
  {
    ...framework,
    name: "VitePress",
    files: [`.vitepress/config.${JS}`, `docs/.vitepress/config.${JS}`],
    packages: ["vitepress"],
    outputs: [".vitepress/dist", "docs/.vitepress/dist"],
    folderInScript: /\bvitepress build ([\w./-]+)/,
    scripts: ["docs:build", "build"],
    command: { program: "vitepress", args: ["build"] },
  },
  {
    ...toolless,
    name: "mdBook",
    files: ["book.toml"],
    outputs: ["book/html", "book"],
    outputSetting: /^\s*build-dir\s*=\s*["']([^"']+)["']/m,
    command: { program: "mdbook", args: ["build"], isOfMachine: true },
  },
  {
    ...framework,
    name: "Vite",
    files: [`vite.config.${JS}`],
    packages: ["vite"],
    outputs: ["dist"],
    outputSetting: /\boutDir\s*:\s*["'`]([^"'`]+)["'`]/,
    command: { program: "vite", args: ["build"] },
    rank: 1,
    isClientRouted: true,
  },
  {
    ...framework,
    name: "Parcel",
    files: [".parcelrc"],
    packages: ["parcel", "parcel-bundler"],
    settings: ["package.json"],
    outputs: ["dist"],
    outputSetting: /"distDir"\s*:\s*"([^"]+)"/,
    command: { program: "parcel", args: ["build"] },
    rank: 1,
    isClientRouted: true,
  },
  {
    ...framework,
    name: "Storybook",
    files: [`.storybook/main.${JS}`],
    packages: ["storybook"],
    outputs: ["storybook-static"],
    scripts: ["build-storybook", "storybook:build"],
    command: { program: "storybook", args: ["build"] },
    rank: 2,
  },
];
