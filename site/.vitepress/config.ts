// The documentation site: docs/ as it is, in both languages. `npm run site` builds it into site/.vitepress/dist.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { doorPage } from "../door-page.ts";
import { icon } from "../icon.ts";
import { githubSlug, keepBraces, keepRepositoryLinks, keepShortCode, nameAnchors } from "../markdown.ts";
import { makeNavigation, makeSidebar } from "../sidebar.ts";
import { type Language, languages, siteTexts } from "../texts.ts";

const docsFolder = join(import.meta.dirname, "../../docs");

export default defineConfig({
  title: "DSDN",
  srcDir: "../docs",
  cleanUrls: true,
  lastUpdated: false,
  // The index of the search is one file a language, fetched when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 1500 } },
  metaChunk: true,
  head: [["link", { rel: "icon", href: icon }]],
  // A link that leads nowhere stops the build.
  ignoreDeadLinks: false,
  locales: Object.fromEntries(languages.map((language) => [language, localeOf(language)])),
  themeConfig: {
    search: {
      provider: "local",
      options: {
        locales: Object.fromEntries(languages.map(searchTexts)),
        // Who searches for a word wants to read about it first; entries of lists come after.
        miniSearch: {
          searchOptions: {
            boostDocument: (id: string) =>
              /\/(?:tutorials|guides)\//.test(id) ? 2 : /\/(?:troubleshooting|api-reference)\//.test(id) ? 0.6 : 1.5,
          },
        },
      },
    },
    externalLinkIcon: true,
  },
  markdown: {
    anchor: { slugify: githubSlug },
    attrs: { disable: true },
    codeCopyButtonTitle: "Copy · Salin",
    // The pages are text for every reader of Markdown: what looks like a tag or a component in them is shown as it stands.
    html: false,
    theme: { light: "github-light", dark: "github-dark" },
    config(md) {
      keepRepositoryLinks(md, docsFolder);
      keepBraces(md);
      nameAnchors(md);
      keepShortCode(md);
    },
  },
  transformPageData(page) {
    // The first page of a language stands alone; every other one is reached from it.
    if (/^(?:en|id)\/index\.md$/.test(page.relativePath)) {
      Object.assign(page.frontmatter, { sidebar: false, aside: false, outline: false, pageClass: "home" });
    }
  },
  buildEnd({ outDir }) {
    mkdirSync(outDir, { recursive: true });
    writeFileSync(join(outDir, "index.html"), doorPage());
  },
});

function localeOf(language: Language) {
  const text = siteTexts[language];
  return {
    label: text.label,
    lang: language,
    link: `/${language}/`,
    description: text.tagline,
    themeConfig: {
      nav: makeNavigation(docsFolder, language),
      sidebar: { [`/${language}/`]: makeSidebar(docsFolder, language) },
      ...text.theme,
    },
  };
}

function searchTexts(language: Language) {
  return [language, { translations: siteTexts[language].search }] as const;
}
