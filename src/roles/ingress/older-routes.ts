import { baseErrors, type Clock, fail, findHex, type HttpRequest, type Route } from "../../base/index.ts";
import { ingressErrors } from "./errors.ts";

/**
 * Routes of the older interface about receipts and rewards. This version settles no receipts, so reads say that there
 * are none and writes are refused with the reason, after the same checks and limits as ever.
 */
export function olderRoutes(deps: { clock: Clock }): Route[] {
  const mutations = createRateLimit({ perMinute: 10, clock: deps.clock });
  const queries = createRateLimit({ perMinute: 60, clock: deps.clock });
  const refuse = async (request: HttpRequest) => {
    mutations.take(request.remoteAddress);
    await request.json();
    throw fail(ingressErrors.notOffered, { path: request.path });
  };
  const read = (make: (request: HttpRequest) => unknown) => (request: HttpRequest) => {
    queries.take(request.remoteAddress);
    return { json: make(request) };
  };
  const none = { status: "not_found", reason: "this version settles no receipts" };
  return [
    { method: "POST", path: "/claim", handle: refuse },
    { method: "POST", path: "/fraud-proof", handle: refuse },
    { method: "GET", path: "/fraud-proofs", handle: read(() => ({ fraud_proofs: [] })) },
    {
      method: "GET",
      path: "/receipt/{hash}",
      handle: read((request) => ({ receipt_hash: hexParam(request, "hash", 32), ...none })),
    },
    {
      method: "POST",
      path: "/receipts/status",
      isOpen: true,
      handle: async (request) => {
        queries.take(request.remoteAddress);
        const body = (await request.json()) as { hashes?: unknown };
        const hashes = Array.isArray(body?.hashes) ? body.hashes : [];
        if (hashes.length < 1 || hashes.length > 100 || hashes.some((hash) => !isHex(hash, 32))) {
          throw fail(baseErrors.requestInvalid, {
            field: "hashes",
            reason: "must be 1 to 100 hashes of 64 hex digits",
          });
        }
        return { json: { receipts: hashes.map((hash: string) => ({ receipt_hash: hash, ...none })) } };
      },
    },
    { method: "GET", path: "/rewards/validators", handle: read(() => ({ balance: "0", reason: none.reason })) },
    { method: "GET", path: "/rewards/treasury", handle: read(() => ({ balance: "0", reason: none.reason })) },
    {
      method: "GET",
      path: "/rewards/{address}",
      handle: read((request) => ({ address: hexParam(request, "address", 20), balance: "0", reason: none.reason })),
    },
    {
      method: "GET",
      path: "/fallback/status",
      handle: () => ({ json: { active: false, reason: "no fallback is configured" } }),
    },
  ];
}

function hexParam(request: HttpRequest, name: string, bytes: number): string {
  const text = (request.params[name] ?? "").replace(/^0x/, "");
  if (!isHex(text, bytes)) {
    throw fail(baseErrors.requestInvalid, { field: name, reason: `must be ${bytes * 2} hex digits` });
  }
  return text.toLowerCase();
}

function isHex(value: unknown, bytes: number): value is string {
  return typeof value === "string" && value.length === bytes * 2 && findHex(value) !== undefined;
}

const MAX_ADDRESSES = 10_000;

/** A token bucket per address that holds one minute's worth. */
function createRateLimit(options: { perMinute: number; clock: Clock }) {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const perMs = options.perMinute / 60_000;
  return {
    /** @throws DSDN_INGRESS_TOO_MANY_REQUESTS */
    take(address: string): void {
      const now = options.clock.monotonicMs();
      const bucket = buckets.get(address) ?? { tokens: options.perMinute, atMs: now };
      const tokens = Math.min(options.perMinute, bucket.tokens + (now - bucket.atMs) * perMs);
      if (tokens < 1) {
        throw fail(ingressErrors.tooManyRequests, { retryAfterSeconds: Math.ceil((1 - tokens) / perMs / 1000) });
      }
      buckets.delete(address);
      buckets.set(address, { tokens: tokens - 1, atMs: now });
      const oldest = buckets.keys().next().value;
      if (buckets.size > MAX_ADDRESSES && oldest !== undefined) buckets.delete(oldest);
    },
  };
}
