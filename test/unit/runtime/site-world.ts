import { sha256 } from "@noble/hashes/sha2.js";
import { fromUtf8, toUtf8 } from "../../../src/base/index.ts";
import type { SiteRecord } from "../../../src/protocol/index.ts";
import { createStaticSite, type SiteRequest, type SiteResponse, type StaticSite } from "../../../src/runtime/index.ts";
import { testLimits } from "./packages.ts";

/** A site over files in memory, and how often each was read. */
export function siteOf(
  files: { readonly [path: string]: string | Uint8Array },
  rules: Partial<Omit<SiteRecord, "folder">> = {},
): {
  site: StaticSite;
  reads: Map<string, number>;
  ask: (path: string, more?: Partial<SiteRequest>) => Promise<Shown>;
} {
  const reads = new Map<string, number>();
  const bytesOf = (path: string) => {
    const content = files[path.slice("site/".length)] ?? "";
    return typeof content === "string" ? toUtf8(content) : content;
  };
  const listed = Object.keys(files).map((path) => {
    const bytes = bytesOf(`site/${path}`);
    return { path: `site/${path}`, size: bytes.length, hash: sha256(bytes) };
  });
  const site = createStaticSite(
    {
      version: 1,
      kind: "static",
      mode: "service",
      entry: null,
      site: { folder: "site", fallback: null, headers: [], redirects: [], ...rules },
      files: listed,
      limits: testLimits,
      sbomDigest: new Uint8Array(32),
    },
    {
      read: async (path, { offset, length }) => {
        reads.set(path, (reads.get(path) ?? 0) + 1);
        return bytesOf(path).subarray(offset, offset + length);
      },
    },
  );
  const ask = async (path: string, more: Partial<SiteRequest> = {}) =>
    show(await site.serve({ method: "GET", path, headers: {}, ...more }));
  return { site, reads, ask };
}

export interface Shown {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly field: (name: string) => string | undefined;
}

async function show(response: SiteResponse): Promise<Shown> {
  const { body, status, headers } = response;
  const parts: Uint8Array[] = [];
  if (body instanceof Uint8Array) parts.push(body);
  else for await (const part of body) parts.push(part);
  const bytes = new Uint8Array(Buffer.concat(parts));
  const field = (name: string) => {
    const value = headers[name];
    return typeof value === "object" ? value.join(" | ") : value;
  };
  return { status, bytes, text: fromUtf8(bytes), field };
}
