// Looks at a deployed site as a visitor does: by plain requests, and in a browser when there is one.
import { existsSync } from "node:fs";
import { request } from "node:http";
import type { TriedFramework } from "./frameworks-tried.ts";

const CHROMIUM = "/usr/bin/chromium";
const LOADED_MS = 20_000;

interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly text: string;
}

/** What is wrong with the site, one sentence each; nothing when all is well. */
export async function visitSite(url: string, expected: TriedFramework): Promise<string[]> {
  const asked = await askSite(url, expected);
  return asked.length > 0 || !existsSync(CHROMIUM) ? asked : openSite(url, expected);
}

/** The page, everything it refers to, a page below and a path that is not there, without a browser. */
async function askSite(url: string, { deep, missing }: TriedFramework): Promise<string[]> {
  const wrong: string[] = [];
  const home = await ask(url, "/");
  if (home.status !== 200) return [`/ answered ${home.status}`];
  for (const path of assetsOf(home.text, url)) wrong.push(...judgeAsset(path, await ask(url, path)));
  const below = await ask(url, deep[0]);
  if (below.status !== 200) wrong.push(`${deep[0]} answered ${below.status}`);
  const absent = await ask(url, "/there-is-no-such-path");
  if (absent.status !== missing[0]) wrong.push(`a missing path answered ${absent.status}`);
  if (!absent.text.includes(missing[1])) wrong.push("a missing path answered with another page");
  const script = await ask(url, "/assets/there-is-none.js", { "sec-fetch-dest": "script" });
  if (script.status !== 404) wrong.push(`a missing script answered ${script.status}`);
  return wrong;
}

/** Paths of this site that a page loads: scripts, styles, preloads, icons, pictures. */
function assetsOf(html: string, url: string): string[] {
  const paths = [...html.matchAll(/<(?:script|link|img)\b[^>]*?\b(?:src|href)\s*=\s*["']?([^"'\s>]+)/gi)].map(
    ([, reference = ""]) => new URL(reference.replaceAll("&amp;", "&"), url),
  );
  const own = paths.filter(({ protocol, host }) => protocol === "http:" && host === new URL(url).host);
  return [...new Set(own.map(({ pathname, search }) => pathname + search))];
}

const TYPES: readonly (readonly [ending: RegExp, type: RegExp])[] = [
  [/\.m?js$/, /^text\/javascript|^application\/javascript/],
  [/\.css$/, /^text\/css/],
  [/\.svg$/, /^image\/svg\+xml/],
  [/\.png$/, /^image\/png/],
  [/\.ico$/, /^image\//],
  [/\.json$/, /^application\/json/],
  [/\.woff2$/, /^font\/woff2/],
];

function judgeAsset(path: string, { status, headers }: Answer): string[] {
  if (status !== 200) return [`${path} answered ${status}`];
  const name = path.replace(/\?.*$/, "");
  const type = String(headers["content-type"] ?? "");
  const [, expected] = TYPES.find(([ending]) => ending.test(name)) ?? [];
  return expected !== undefined && !expected.test(type) ? [`${path} has the type ${type}`] : [];
}

async function ask(url: string, path: string, headers: { readonly [name: string]: string } = {}): Promise<Answer> {
  const { host, port } = new URL(url);
  const accept = path.endsWith("/") ? { accept: "text/html" } : {};
  const answer = await new Promise<Answer>((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, headers: { host, ...accept, ...headers } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    })
      .on("error", reject)
      .end();
  });
  const { location } = answer.headers;
  if (answer.status !== 308 || typeof location !== "string") return answer;
  const next = new URL(location, new URL(path, url));
  return ask(url, next.pathname + next.search, headers);
}

/** The first page and the page below in a browser: what they show, and that nothing they load or run fails. */
async function openSite(url: string, { shows, deep }: TriedFramework): Promise<string[]> {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const wrong: string[] = [];
    for (const [path, text] of [["/", shows], deep]) {
      const page = await browser.newPage();
      page.on("pageerror", ({ message }) => wrong.push(`${path}: ${message.slice(0, 200)}`));
      page.on("response", (response) => {
        const isOwn = new URL(response.url()).host === new URL(url).host;
        if (isOwn && response.status() >= 400) wrong.push(`${path}: ${response.url()} answered ${response.status()}`);
      });
      await page.goto(new URL(path ?? "/", url).href, { waitUntil: "load", timeout: LOADED_MS });
      const found = page.getByText(text ?? "").first();
      await found
        .waitFor({ state: "attached", timeout: LOADED_MS })
        .catch(() => wrong.push(`${path} does not show ${text}`));
      await page.close();
    }
    return wrong;
  } finally {
    await browser.close();
  }
}
