// The sixteen site builders that `try-frameworks.ts` creates, builds and deploys, each at a pinned version.

/** How a project comes about and what its site must answer. */
export interface TriedFramework {
  /** Also the folder below test/fixtures/projects. */
  readonly name: string;
  /** What `dsdn` must call it. */
  readonly framework: string;
  /** Whose installed version is reported: an npm package, or a program that prints it. */
  readonly version: { readonly npm: string } | { readonly argv: readonly [string, ...string[]] };
  /** Its generator, run where the project's folder is to appear; null takes the committed sources, because it fetches a template from elsewhere. */
  readonly generator: readonly [string, ...string[]] | null;
  /** What a user writes afterwards: files below the project, a function alters the one that is there. */
  readonly edits?: { readonly [path: string]: string | ((text: string) => string) };
  /** Run in the project before it is deployed. */
  readonly install: readonly (readonly [string, ...string[]])[];
  /** False for one that is only tried. */
  readonly isCommitted?: false;
  /** Flags of `dsdn deploy` beside `--yes`. */
  readonly flags?: readonly string[];
  /** Text a browser shows on the first page. */
  readonly shows: string;
  /** A path below, opened as a link from elsewhere, and what a browser then shows. */
  readonly deep: readonly [path: string, shows: string];
  /** What a path that is not there answers with. */
  readonly missing: readonly [status: number, text: string];
}

const npmInstall = [["npm", "install", "--no-audit", "--no-fund"]] as const;
const added = (...packages: string[]) => ["npm", "install", "--no-audit", "--no-fund", "-D", ...packages] as const;
const npx = (...words: [string, ...string[]]) => ["npx", "--yes", ...words] as const;

/** Those whose project comes from npm. */
const packaged: readonly TriedFramework[] = [
  {
    name: "vite",
    framework: "Vite",
    version: { npm: "vite" },
    generator: null,
    install: npmInstall,
    shows: "Vite page",
    deep: ["/some/route", "Vite page"],
    missing: [200, "<script"],
  },
  {
    name: "vite-react",
    framework: "Vite",
    version: { npm: "vite" },
    generator: npx("create-vite@9.3.0", "vite-react", "--template", "react-ts", "--no-interactive"),
    install: npmInstall,
    isCommitted: false,
    shows: "Get started",
    deep: ["/some/route", "Get started"],
    missing: [200, '<div id="root">'],
  },
  {
    name: "astro",
    framework: "Astro",
    version: { npm: "astro" },
    generator: null,
    install: npmInstall,
    shows: "Astro page",
    deep: ["/about", "About Astro"],
    missing: [404, "Not on this Astro site"],
  },
  {
    name: "next",
    framework: "Next.js",
    version: { npm: "next" },
    generator: npx(
      ...["create-next-app@16.4.3", "next", "--ts", "--app", "--empty", "--no-tailwind", "--no-eslint"],
      ...["--no-src-dir", "--use-npm", "--skip-install", "--yes", "--import-alias", "@/*"],
    ),
    edits: {
      "next.config.ts": `import type { NextConfig } from "next";

const nextConfig: NextConfig = {
  output: "export",
};

export default nextConfig;
`,
      "app/about/page.tsx": `"use client";

import Link from "next/link";
import { useState } from "react";

export default function About() {
  const [count, setCount] = useState(0);
  return (
    <main>
      <h1>About Next</h1>
      <button onClick={() => setCount(count + 1)}>{count}</button>
      <Link href="/">Home</Link>
    </main>
  );
}
`,
    },
    install: npmInstall,
    shows: "Hello world!",
    deep: ["/about", "About Next"],
    missing: [404, "This page could not be found"],
  },
  {
    name: "sveltekit",
    framework: "SvelteKit",
    version: { npm: "@sveltejs/kit" },
    generator: npx(
      "sv@0.17.1",
      "create",
      "sveltekit",
      "--template",
      "minimal",
      "--types",
      "ts",
      "--no-add-ons",
      "--no-install",
    ),
    edits: {
      "vite.config.ts": (text) => text.replace("@sveltejs/adapter-auto", "@sveltejs/adapter-static"),
      "src/routes/+layout.ts": "export const prerender = true;\n",
      "src/routes/about/+page.svelte": '<h1>About SvelteKit</h1>\n<a href="/">Home</a>\n',
      "src/routes/+page.svelte": (text) =>
        `<svelte:head><title>SvelteKit page</title></svelte:head>\n${text}<a href="/about">About</a>\n`,
    },
    install: [added("@sveltejs/adapter-static@^3.0.0"), ...npmInstall],
    shows: "Welcome to SvelteKit",
    deep: ["/about", "About SvelteKit"],
    missing: [404, "There is no such page here."],
  },
  {
    name: "nuxt",
    framework: "Nuxt",
    version: { npm: "nuxt" },
    generator: null,
    install: npmInstall,
    shows: "Nuxt page",
    deep: ["/about", "About Nuxt"],
    missing: [404, "__nuxt"],
  },
  {
    name: "angular",
    framework: "Angular",
    version: { npm: "@angular/core" },
    generator: npx(
      "@angular/cli@22.2.7",
      "new",
      "angular",
      "--defaults",
      "--skip-git",
      "--skip-install",
      "--ssr=false",
    ),
    edits: {
      "src/app/about.ts": `import { Component } from '@angular/core';

@Component({ selector: 'app-about', template: '<h2>About Angular</h2>' })
export class About {}
`,
      "src/app/app.routes.ts": `import { Routes } from '@angular/router';

export const routes: Routes = [
  { path: 'about', loadComponent: () => import('./about').then(({ About }) => About) },
];
`,
    },
    // Its packages are not always published at once, and then disagree about each other's versions.
    install: [["npm", "install", "--no-audit", "--no-fund", "--legacy-peer-deps"]],
    shows: "Hello, angular",
    deep: ["/about", "About Angular"],
    missing: [200, "<app-root>"],
  },
  {
    name: "react-router",
    framework: "React Router",
    version: { npm: "react-router" },
    generator: null,
    install: npmInstall,
    shows: "React Router page",
    deep: ["/about", "About React Router"],
    missing: [200, "Loading React Router page"],
  },
  {
    name: "remix",
    framework: "Remix",
    version: { npm: "@remix-run/react" },
    generator: null,
    install: npmInstall,
    shows: "Remix page",
    deep: ["/about", "About Remix"],
    missing: [200, "Loading Remix page"],
  },
  {
    name: "gatsby",
    framework: "Gatsby",
    version: { npm: "gatsby" },
    generator: null,
    install: npmInstall,
    shows: "Gatsby page",
    deep: ["/about/", "About Gatsby"],
    missing: [404, "Not on this Gatsby site"],
  },
  {
    name: "eleventy",
    framework: "Eleventy",
    version: { npm: "@11ty/eleventy" },
    generator: null,
    install: npmInstall,
    shows: "Eleventy page",
    deep: ["/about/", "About Eleventy"],
    missing: [404, "Not on this Eleventy site"],
  },
  {
    name: "docusaurus",
    framework: "Docusaurus",
    version: { npm: "@docusaurus/core" },
    generator: npx("create-docusaurus@3.10.2", "docusaurus", "classic", "--typescript", "--skip-install"),
    edits: {
      // The newest search box asks for a package that is not always published with it.
      "package.json": (text) => text.replace(/\}\s*$/, ',\n  "overrides": { "@docsearch/react": "4.6.3" }\n}\n'),
    },
    install: npmInstall,
    shows: "Dinosaurs are cool",
    deep: ["/docs/intro", "Tutorial Intro"],
    missing: [404, "Page Not Found"],
  },
  {
    name: "vitepress",
    framework: "VitePress",
    version: { npm: "vitepress" },
    generator: null,
    install: npmInstall,
    shows: "VitePress page",
    deep: ["/api-examples", "Runtime API Examples"],
    missing: [404, "404"],
  },
  {
    name: "storybook",
    framework: "Storybook",
    version: { npm: "storybook" },
    generator: null,
    install: npmInstall,
    shows: "Example",
    deep: ["/iframe.html?id=example-button--primary&viewMode=story", "Button"],
    missing: [404, "There is no such page here."],
  },
  {
    name: "parcel",
    framework: "Parcel",
    version: { npm: "parcel" },
    generator: null,
    install: npmInstall,
    shows: "Parcel page",
    deep: ["/some/route", "Parcel page"],
    missing: [200, "Parcel page"],
  },
];

/** Those whose program is installed on the machine. */
const ofMachine: readonly TriedFramework[] = [
  {
    name: "hugo",
    framework: "Hugo",
    version: { argv: ["hugo", "version"] },
    generator: ["hugo", "new", "theme", "hugo", "--themesDir", "."],
    install: [],
    shows: "My New Hugo",
    deep: ["/posts/post-1/", "Post 1"],
    missing: [404, ""],
  },
  {
    name: "jekyll",
    framework: "Jekyll",
    version: { argv: ["jekyll", "--version"] },
    generator: ["jekyll", "new", "jekyll", "--skip-bundle"],
    install: [["bundle", "install", "--local"]],
    shows: "Welcome to Jekyll!",
    deep: ["/about/", "This is the base Jekyll theme"],
    missing: [404, "Page not found"],
  },
  {
    name: "mdbook",
    framework: "mdBook",
    version: { argv: ["mdbook", "--version"] },
    generator: ["mdbook", "init", "mdbook", "--title", "mdBook page", "--ignore", "none", "--force"],
    install: [],
    shows: "Chapter 1",
    deep: ["/chapter_1.html", "Chapter 1"],
    missing: [404, "Document not found (404)"],
  },
];

/** All of them; React Router and Remix are one family. */
export const triedFrameworks: readonly TriedFramework[] = [...packaged, ...ofMachine];
