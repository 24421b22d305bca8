import { expect, test } from "vitest";
import { siteOf } from "./site-world.ts";

const cacheOf = async (path: string) => (await siteOf({ [path]: "x" }).ask(`/${path}`)).field("cache-control") ?? "";

test.each([
  ["Vite", "assets/index-D64VDMd1.css"],
  ["Vite", "assets/index-GpEN3EET.js"],
  ["Vite", "assets/react-CHdo91hT.svg"],
  ["Astro", "_astro/index.DqY8sJzQ.css"],
  ["Next.js", "_next/static/chunks/0cz1d0mv5g_q7.js"],
  ["Next.js", "_next/static/AESNUUAHH6NpUcnTbOpFd/_buildManifest.js"],
  ["SvelteKit", "_app/immutable/entry/app.DKf-SgNl.js"],
  ["Nuxt", "_nuxt/DkP4s9xY.js"],
  ["Angular", "main-5INURTSO.js"],
  ["Gatsby", "app-0a1b2c3d4e5f60718293.js"],
  ["Docusaurus", "assets/js/main.5f3c2b1a.js"],
  ["VitePress", "assets/api-examples.md.Dq8sJz1Q.lean.js"],
  ["Hugo", "css/main.30bbabcf0c588c3c13cbe24430d7aa6226315a94faf09d877dd441b3ebf03774.css"],
  ["mdBook", "elasticlunr-ef4e11c1.min.js"],
  ["mdBook", "fonts/open-sans-v17-all-charsets-300italic-2c7b95c0.woff2"],
])("what %s names by its content may be cached for a year: %s", async (_tool, path) => {
  expect(await cacheOf(path)).toBe("public, max-age=31536000, immutable");
});

test.each([
  "apple-touch-icon.png",
  "android-chrome-192x192.png",
  "js/my-component.js",
  "js/jquery.validate.js",
  "js/jquery.dataTables.min.js",
  "img/brand-Logo2024.png",
  "img/photo-20240115.jpg",
  "js/three-fallback.module.js",
  "report-homepage2.pdf",
  "_app/version.json",
  "_nuxt/builds/latest.json",
  "app-0a1b2c3d4e5f60718293.html",
  "docs/CHANGELOG.md",
])("a name that people gave is asked for again: %s", async (path) => {
  expect(await cacheOf(path)).toBe("public, max-age=0, must-revalidate");
});
