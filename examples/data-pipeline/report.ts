// Step 3, in TypeScript: a page of the table, which is then deployed as a site.

const escapeHtml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

export default function main(stdin: { text(): string }): string {
  const [head = "", ...rows] = stdin.text().trim().split("\n");
  const cells = (row: string, tag: string) => row.split(",").map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`);
  const body = rows.map((row) => `<tr>${cells(row, "td").join("")}</tr>`).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Temperatures</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:2rem}td,th{padding:.25rem 1rem .25rem 0;text-align:left}</style>
</head>
<body>
<h1>Temperatures</h1>
<table>
<tr>${cells(head, "th").join("")}</tr>
${body}
</table>
</body>
</html>
`;
}
