import { createHmac, timingSafeEqual } from "node:crypto";
import { toBase64 } from "../../base/index.ts";

/** What a token allows; every one includes those before it. @source celestia-node api/rpc/perms */
export type NodePermission = "public" | "read" | "write" | "admin";

const ORDER: readonly NodePermission[] = ["public", "read", "write", "admin"];

/** A token as `celestia light auth` makes it: JWT, HS256, {Allow, Nonce, ExpiresAt}. @source RFC 7519, celestia-node api/rpc/perms */
export function createNodeToken(
  permission: NodePermission,
  options: { secret: Uint8Array; nonce: Uint8Array; expiresAtMs?: number },
): string {
  const expires =
    options.expiresAtMs === undefined ? "0001-01-01T00:00:00Z" : new Date(options.expiresAtMs).toISOString();
  const payload = {
    Allow: ORDER.slice(0, ORDER.indexOf(permission) + 1),
    Nonce: toBase64(options.nonce),
    ExpiresAt: expires,
  };
  const body = `${encodePart({ alg: "HS256", typ: "JWT" })}.${encodePart(payload)}`;
  return `${body}.${sign(body, options.secret).toString("base64url")}`;
}

/** The permissions a token carries, or undefined when it is not valid. Never throws. */
export function findPermissions(token: string, secret: Uint8Array, nowMs: number): readonly string[] | undefined {
  const [head, payload, signature, ...rest] = token.split(".");
  if (head === undefined || payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const expected = sign(`${head}.${payload}`, secret);
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const header = decodePart(head);
  const claims = decodePart(payload);
  if (header?.["alg"] !== "HS256" || claims === undefined || !Array.isArray(claims["Allow"])) return undefined;
  const expiresMs = Date.parse(String(claims["ExpiresAt"] ?? ""));
  // Go's zero time stands for a token without end.
  if (Number.isFinite(expiresMs) && expiresMs > 0 && expiresMs <= nowMs) return undefined;
  return claims["Allow"].filter((entry) => typeof entry === "string");
}

function sign(text: string, secret: Uint8Array): Buffer {
  return createHmac("sha256", secret).update(text).digest();
}

function encodePart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decodePart(part: string): { [name: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
