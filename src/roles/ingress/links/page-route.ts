import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { HttpRequest, HttpResponse, Route } from "../../../base/index.ts";

/**
 * `GET /links/{link}`: the page that opens a share link in a browser. It is the same for every link: which one it is
 * about stands in the address bar, and the secret half there is never sent here.
 */
export function linkPageRoute(): Route {
  let pages: Promise<Pages> | undefined;
  return {
    method: "GET",
    path: "/links/{link}",
    handle: async (request) => {
      // Its program is read when somebody opens a link, not when an ingress starts.
      pages ??= preparePages();
      const { headers, en, id } = await pages;
      const page = languageOf(request) === "id" ? id : en;
      const isPacked = /\bgzip\b(?!\s*;\s*q=0(?:[,;\s]|$))/.test(request.headers["accept-encoding"] ?? "");
      if (!isPacked) return { headers, body: page.plain };
      return { headers: { ...headers, "content-encoding": "gzip" }, body: page.packed };
    },
  };
}

interface Page {
  readonly plain: string;
  readonly packed: Uint8Array;
}

interface Pages {
  readonly headers: NonNullable<HttpResponse["headers"]>;
  readonly en: Page;
  readonly id: Page;
}

async function preparePages(): Promise<Pages> {
  const { linkPageScript, linkPageStyle } = await import("../link-page.generated.ts");
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(linkPageScript)}'`,
    `style-src '${hashOf(linkPageStyle)}'`,
    "img-src blob: data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // Nothing on the page turns text into markup, and nothing may begin to.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "x-robots-tag": "noindex, nofollow",
    vary: "accept-language, accept-encoding",
  };
  const prepare = async (language: "en" | "id"): Promise<Page> => {
    const plain = renderPage(language, { script: linkPageScript, style: linkPageStyle });
    return { plain, packed: await promisify(gzip)(plain) };
  };
  return { headers, en: await prepare("en"), id: await prepare("id") };
}

const NO_SCRIPT = {
  en: "This page decrypts in your browser and needs JavaScript. In a terminal: ",
  id: "Halaman ini mendekripsi di peramban Anda dan memerlukan JavaScript. Di terminal: ",
} as const;

function renderPage(language: "en" | "id", { script, style }: { script: string; style: string }): string {
  const command = "<code>dsdn get --link-file link.txt</code>";
  return [
    `<!doctype html><html lang=${language}><meta charset=utf-8><meta name=viewport content="width=device-width">`,
    `<title>DSDN</title><link rel=icon href="data:,"><style>${style}</style>`,
    `<header id=top><strong>DSDN</strong></header><main id=main>`,
    `<noscript><p lang=en>${NO_SCRIPT.en}${command}</p><p lang=id>${NO_SCRIPT.id}${command}</p></noscript></main>`,
    `<script>${script}</script></html>`,
  ].join("");
}

/** The one of the two languages the reader prefers; English when neither is named. @source RFC 9110 section 12.5.4 */
function languageOf({ headers }: HttpRequest): "en" | "id" {
  const wishes = (headers["accept-language"] ?? "").slice(0, 500).toLowerCase().split(",");
  const weights = wishes.map((wish) => {
    const [, language, weight] = /^\s*(en|id|in)\b[^;]*(?:;\s*q=([\d.]+))?/.exec(wish) ?? [];
    return { language, weight: language === undefined ? 0 : Number(weight ?? 1) };
  });
  const best = weights.reduce((top, wish) => (wish.weight > top.weight ? wish : top), { language: "en", weight: 0 });
  return best.language === "id" || best.language === "in" ? "id" : "en";
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
