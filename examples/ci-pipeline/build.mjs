// Makes dist/ of pages/: one page for each text, and a page that lists them. The same texts give the same bytes.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = (name) => fileURLToPath(new URL(name, import.meta.url));
const escapeHtml = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** A text as a page: its first line is the title, paragraphs are parted by empty lines. */
export function toPage(text) {
  const [title = "", ...paragraphs] = text.trim().split(/\n{2,}/);
  const body = paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join("\n");
  return {
    title,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>:root{color-scheme:light dark}body{font:1.0625rem/1.6 system-ui,sans-serif;max-width:38rem;margin:3rem auto;padding:0 1.25rem}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`,
  };
}

function build() {
  const names = readdirSync(folder("pages/")).sort();
  rmSync(folder("dist/"), { recursive: true, force: true });
  mkdirSync(folder("dist/"));
  const links = names.map((name) => {
    const page = name.replace(/\.txt$/, "");
    const { title, html } = toPage(readFileSync(folder(`pages/${name}`), "utf8"));
    writeFileSync(folder(`dist/${page}.html`), html);
    return `<a href="${page}">${escapeHtml(title)}</a>`;
  });
  const { html } = toPage("Handbook");
  const list = `<ul>\n${links.map((link) => `<li>${link}</li>`).join("\n")}\n</ul>`;
  writeFileSync(folder("dist/index.html"), html.replace("</h1>", `</h1>\n${list}`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
