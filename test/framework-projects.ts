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
  /** A path below the first page, as a link from elsewhere leads to it, and text of its answer. */
  readonly deepLink: readonly [path: string, text: string];
  /** What a path that is not there answers with. */
  readonly missing: readonly [status: number, text: string];
  /** Whether the tool names scripts and styles by their content. */
  readonly hasFixedNames: boolean;
}

type Row = readonly [folder: string, framework: string, site: string, command: string];

/** An application of one page, which shows every path. */
const single = (row: Row, page: string): FrameworkProject => ({
  ...base(row),
  fallback: "index.html",
  page,
  deepLink: ["/some/route", page],
  missing: [200, page],
});

type Pages = Pick<FrameworkProject, "page" | "deepLink"> & Partial<FrameworkProject>;

/** A site of several pages, or one that says what is missing. */
const paged = (row: Row, pages: Pages): FrameworkProject => ({
  ...base(row),
  fallback: undefined,
  missing: [404, "There is no such page here."],
  ...pages,
});

function base([folder, framework, site, command]: Row) {
  return { folder, framework, site, command, hasFixedNames: true };
}

const projects = join(import.meta.dirname, "fixtures/projects");
const NPM = "npm run build";

/** Every committed project: sixteen site builders, React Router and Remix being one family. */
export const frameworkProjects: readonly FrameworkProject[] = [
  single(["vite", "Vite", "dist", NPM], "Vite page"),
  paged(["astro", "Astro", "dist", NPM], {
    page: "Astro page",
    deepLink: ["/about", "About Astro"],
    missing: [404, "Not on this Astro site"],
    // Its styles and scripts are short enough to lie in the page.
    hasFixedNames: false,
  }),
  paged(["next", "Next.js", "out", NPM], {
    page: "Create Next App",
    deepLink: ["/about/", "About Next"],
    missing: [404, "This page could not be found"],
  }),
  paged(["sveltekit", "SvelteKit", "build", NPM], {
    page: "SvelteKit page",
    deepLink: ["/about/", "About SvelteKit"],
  }),
  paged(["nuxt", "Nuxt", ".output/public", "npm run generate"], {
    page: "Nuxt page",
    deepLink: ["/about", "About Nuxt"],
    missing: [404, "__nuxt"],
  }),
  single(["angular", "Angular", "dist/angular/browser", NPM], "<app-root>"),
  single(["react-router", "React Router", "build/client", NPM], "React Router page"),
  single(["remix", "Remix", "build/client", NPM], "Remix page"),
  paged(["gatsby", "Gatsby", "public", NPM], {
    page: "Gatsby page",
    deepLink: ["/about/", "About Gatsby"],
    missing: [404, "Not on this Gatsby site"],
  }),
  paged(["eleventy", "Eleventy", "_site", NPM], {
    page: "Eleventy page",
    deepLink: ["/about", "About Eleventy"],
    missing: [404, "Not on this Eleventy site"],
    hasFixedNames: false,
  }),
  paged(["hugo", "Hugo", "public", "hugo"], {
    page: "My New Hugo Project",
    deepLink: ["/posts/post-1/", "Post 1"],
  }),
  paged(["jekyll", "Jekyll", "_site", "bundle exec jekyll build"], {
    page: "Your awesome title",
    deepLink: ["/about/", "About | Your awesome title"],
    missing: [404, "Page not found"],
    hasFixedNames: false,
  }),
  paged(["docusaurus", "Docusaurus", "build", NPM], {
    page: "Hello from My Site",
    deepLink: ["/docs/intro", "Tutorial Intro"],
    missing: [404, "Page Not Found"],
  }),
  paged(["vitepress", "VitePress", "docs/.vitepress/dist", "npm run docs:build"], {
    page: "VitePress page",
    deepLink: ["/api-examples", "Runtime API Examples"],
    missing: [404, "404"],
  }),
  paged(["mdbook", "mdBook", "book", "mdbook build"], {
    page: "mdBook page",
    deepLink: ["/chapter_1.html", "Chapter 1"],
    missing: [404, "Page not found"],
  }),
  paged(["storybook", "Storybook", "storybook-static", "npm run build-storybook"], {
    page: "storybook - Storybook",
    deepLink: ["/iframe.html?id=example-button--primary", "<title>Storybook</title>"],
    // What it names by content is loaded by the frame.
    hasFixedNames: false,
  }),
  single(["parcel", "Parcel", "dist", NPM], "Parcel page"),
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
