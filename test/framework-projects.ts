import { cpSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";

/** One committed project of a site builder, and what is to be found out about it. */
export interface FrameworkProject {
  /** Folder below test/fixtures/projects. */
  readonly folder: string;
  readonly framework: string;
  readonly site: string;
  /** What builds it. */
  readonly command: string;
  /** The page that answers for paths without a file. */
  readonly fallback: string | undefined;
  /** Text on its first page. */
  readonly page: string;
  readonly asset: readonly [path: string, text: string];
  /** A path below the first page, as a link from elsewhere leads to it. */
  readonly deepLink: readonly [path: string, text: string];
}

type Row = readonly [folder: string, framework: string, site: string, command: string];

const single = (row: Row, page: string, asset: readonly [string, string]): FrameworkProject => ({
  ...base(row),
  fallback: "index.html",
  page,
  asset,
  deepLink: ["/some/route", page],
});
const paged = (
  row: Row,
  page: string,
  paths: { asset: readonly [string, string]; deepLink: readonly [string, string] },
): FrameworkProject => ({ ...base(row), fallback: undefined, page, ...paths });

function base([folder, framework, site, command]: Row) {
  return { folder, framework, site, command };
}

const projects = join(import.meta.dirname, "fixtures/projects");

/** Every committed project: sixteen site builders, React Router and Remix being one family. */
export const frameworkProjects: readonly FrameworkProject[] = [
  single(["vite", "Vite", "dist", "npm run build"], "Vite page", ["/icon.svg", "<svg"]),
  paged(["astro", "Astro", "dist", "npm run build"], "Astro page", {
    asset: ["/_astro/index.DqY8sJzQ.css", "color"],
    deepLink: ["/about", "About Astro"],
  }),
  paged(["next", "Next.js", "out", "npm run build"], "Next page", {
    asset: ["/_next/static/chunks/main-app-1f2e3d4c5b6a7988.js", "webpackChunk"],
    deepLink: ["/about", "About Next"],
  }),
  paged(["sveltekit", "SvelteKit", "build", "npm run build"], "SvelteKit page", {
    asset: ["/_app/version.json", "version"],
    deepLink: ["/about", "About SvelteKit"],
  }),
  paged(["nuxt", "Nuxt", ".output/public", "npm run generate"], "Nuxt page", {
    asset: ["/_nuxt/DkP4s9xY.js", "export"],
    deepLink: ["/about", "About Nuxt"],
  }),
  single(["angular", "Angular", "dist/shop/browser", "npm run build"], "Angular page", ["/styles-5INURTSO.css", "h1"]),
  single(["react-router", "React Router", "build/client", "npm run build"], "React Router page", [
    "/assets/manifest-4e1b2c3d.js",
    "__reactRouterManifest",
  ]),
  single(["remix", "Remix", "build/client", "npm run build"], "Remix page", [
    "/assets/entry.client-BxY2z3.js",
    "export",
  ]),
  paged(["gatsby", "Gatsby", "public", "npm run build"], "Gatsby page", {
    asset: ["/page-data/app-data.json", "webpackCompilationHash"],
    deepLink: ["/about/", "About Gatsby"],
  }),
  paged(["eleventy", "Eleventy", "_site", "npm run build"], "Eleventy page", {
    asset: ["/css/main.css", "margin"],
    deepLink: ["/about/", "About Eleventy"],
  }),
  paged(["hugo", "Hugo", "public", "hugo"], "Hugo page", {
    asset: ["/css/main.min.3f1b.css", "margin"],
    deepLink: ["/posts/first/", "First post of Hugo"],
  }),
  paged(["jekyll", "Jekyll", "_site", "bundle exec jekyll build"], "Jekyll page", {
    asset: ["/assets/main.css", "color"],
    deepLink: ["/about/", "About Jekyll"],
  }),
  paged(["docusaurus", "Docusaurus", "build", "npm run build"], "Docusaurus page", {
    asset: ["/assets/js/main.5f3c2b1a.js", "webpackChunk"],
    deepLink: ["/docs/intro", "Welcome to Docusaurus"],
  }),
  paged(["vitepress", "VitePress", "docs/.vitepress/dist", "npm run docs:build"], "VitePress page", {
    asset: ["/assets/style.BfG3j0aE.css", "--vp-c-brand"],
    deepLink: ["/guide/start", "Getting started"],
  }),
  paged(["mdbook", "mdBook", "book", "mdbook build"], "mdBook page", {
    asset: ["/css/general.css", "font-size"],
    deepLink: ["/chapter_1.html", "Text of mdBook"],
  }),
  paged(["storybook", "Storybook", "storybook-static", "npm run build-storybook"], "Storybook page", {
    asset: ["/index.json", "button--plain"],
    deepLink: ["/iframe.html?id=button--plain", "Story frame"],
  }),
  single(["parcel", "Parcel", "dist", "npm run build"], "Parcel page", ["/parcel.a1b2c3d4.js", "pathname"]),
];

/** Copies a committed project, its output a second younger than its sources, as a build leaves it. */
export function copyProject({ folder, site }: FrameworkProject, target: string): void {
  cpSync(join(projects, folder), target, { recursive: true });
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const timeS = path.startsWith(join(target, site)) ? 1_700_000_001 : 1_700_000_000;
    utimesSync(path, timeS, timeS);
  }
}
