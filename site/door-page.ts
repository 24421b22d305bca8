import { icon } from "./icon.ts";
import { languages, siteTexts } from "./texts.ts";

/** The page at `/`: leads to the language of the reader's browser, and offers both to whoever runs no scripts. */
export function doorPage(): string {
  const links = languages.map((language) => {
    const { label, tagline } = siteTexts[language];
    return `<p lang="${language}"><a href="/${language}/">${label}</a><br>${tagline}</p>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>DSDN</title>
<link rel="icon" href="${icon}">
<style>${STYLE}</style>
<script>${SCRIPT}</script>
</head>
<body>
<main><h1>DSDN</h1>${links.join("")}</main>
</body>
</html>
`;
}

const SCRIPT = `const first = navigator.languages.map((name) => name.slice(0, 2)).find((name) => ["en", "id"].includes(name));
location.replace("/" + (first ?? "en") + "/");`;

const STYLE = `:root { color-scheme: light dark; }
body { font: 1.0625rem/1.6 system-ui, sans-serif; margin: 0; color: light-dark(#1b2430, #e8edf2); background: light-dark(#fbfcfd, #10161d); }
main { max-width: 34rem; margin: 15vh auto; padding: 0 1.25rem; }
h1 { letter-spacing: 0.08em; }
a { color: light-dark(#0b5cad, #7cb8f5); font-weight: 600; }`;
