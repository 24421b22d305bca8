import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { HttpRequest, HttpResponse, Route } from "../../base/index.ts";

type PageLanguage = "en" | "id";

/** A page of the ingress itself. It is made of one program and one style, and asks nobody but what `connects` names. */
export interface OwnPage {
  readonly path: string;
  /** Read when somebody opens the page, not when an ingress starts. */
  readonly load: () => Promise<{ readonly script: string; readonly style: string }>;
  /** What stands between the style and the program, as markup. */
  readonly body: string;
  /** Sources besides the page's own origin that it may send requests to. */
  readonly connects?: readonly string[];
}

/** `GET` of the page in the reader's language, under a policy that lets nothing run but its own program. */
export function ownPageRoute(page: OwnPage): Route {
  let pages: Promise<Pages> | undefined;
  return {
    method: "GET",
    path: page.path,
    handle: async (request) => {
      pages ??= preparePages(page);
      const { headers, en, id } = await pages;
      const shown = languageOf(request) === "id" ? id : en;
      const isPacked = /\bgzip\b(?!\s*;\s*q=0(?:[,;\s]|$))/.test(request.headers["accept-encoding"] ?? "");
      if (!isPacked) return { headers, body: shown.plain };
      return { headers: { ...headers, "content-encoding": "gzip" }, body: shown.packed };
    },
  };
}

interface Rendered {
  readonly plain: string;
  readonly packed: Uint8Array;
}

interface Pages {
  readonly headers: NonNullable<HttpResponse["headers"]>;
  readonly en: Rendered;
  readonly id: Rendered;
}

async function preparePages(page: OwnPage): Promise<Pages> {
  const { script, style } = await page.load();
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src blob: data:",
    ["connect-src 'self'", ...(page.connects ?? [])].join(" "),
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
  const render = async (language: PageLanguage): Promise<Rendered> => {
    const plain = [
      `<!doctype html><html lang=${language}><meta charset=utf-8><meta name=viewport content="width=device-width">`,
      `<title>DSDN</title><link rel=icon href="data:,"><style>${style}</style>`,
      `${page.body}<script>${script}</script></html>`,
    ].join("");
    return { plain, packed: await promisify(gzip)(plain) };
  };
  return { headers, en: await render("en"), id: await render("id") };
}

/** The one of the two languages the reader prefers; English when neither is named. @source RFC 9110 section 12.5.4 */
function languageOf({ headers }: HttpRequest): PageLanguage {
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
