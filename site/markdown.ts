import { relative, resolve } from "node:path";
import type { MarkdownRenderer } from "vitepress";

/** The anchor of a heading as code hosts make it, so that one link works there and on the site. */
export function githubSlug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
    .replaceAll(" ", "-");
}

/** Links from a page to a file of the repository that is no page: the site has no such file, so they become text. */
export function keepRepositoryLinks(md: MarkdownRenderer, docsFolder: string): void {
  md.core.ruler.push("repository-links", ({ tokens, env }) => {
    const { path } = env as { path: string };
    const leaves = (href: string) =>
      /^\.\.?\//.test(href) && relative(docsFolder, resolve(path, "..", href.replace(/#.*$/, ""))).startsWith("..");
    for (const { children } of tokens) {
      let isOutside = false;
      for (const token of children ?? []) {
        const href = token.type === "link_open" ? String(token.attrGet("href")) : undefined;
        if (href !== undefined) isOutside = leaves(href);
        if (!isOutside || !token.type.startsWith("link_")) continue;
        token.type = token.type.replace("link", "em");
        token.tag = "span";
        token.attrs = token.nesting === 1 ? [["class", "repository-file"]] : null;
      }
    }
  });
}

/** Double braces in the text stay text; the site's generator would take them for a program. */
export function keepBraces(md: MarkdownRenderer): void {
  const { escapeHtml } = md.utils;
  md.renderer.rules["text"] = (tokens, index) =>
    escapeHtml(tokens[index]?.content ?? "").replaceAll("{{", "&#123;&#123;");
}

/** Short code in a line of text stays in one piece: browsers would break a flag after its dashes. */
export function keepShortCode(md: MarkdownRenderer): void {
  const { escapeHtml } = md.utils;
  md.renderer.rules["code_inline"] = (tokens, index) => {
    const code = tokens[index]?.content ?? "";
    return `<code v-pre${code.length <= 24 ? ' class="short"' : ""}>${escapeHtml(code)}</code>`;
  };
}

/** The link beside a heading is read out in the language of its page. */
export function nameAnchors(md: MarkdownRenderer): void {
  md.core.ruler.push("anchor-names", ({ tokens, env }) => {
    const { relativePath } = env as { relativePath: string };
    if (!relativePath.startsWith("id/")) return;
    for (const link of tokens.flatMap(({ children }) => children ?? [])) {
      const label = link.attrGet("class") === "header-anchor" ? link.attrGet("aria-label") : null;
      if (label !== null) link.attrSet("aria-label", label.replace("Permalink to", "Tautan ke"));
    }
  });
}
