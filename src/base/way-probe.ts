import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Clock } from "./clock.ts";

/** What the certificate of a server says and whether it counts. */
export interface TlsFacts {
  readonly protocol: string;
  readonly issuer: string;
  readonly validToMs: number;
  /** Why it does not count; null when it does. A code of Node's, such as `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly fault: string | null;
}

/** The way to a server, step by step. A step after one that failed is absent. */
export interface WayReport {
  readonly name: { readonly addresses: readonly string[]; readonly fault: string | null; readonly tookMs: number };
  readonly connection?: { readonly address: string; readonly fault: string | null; readonly tookMs: number };
  readonly tls?: TlsFacts & { readonly tookMs: number };
}

export interface WayOptions {
  /** PEM certificates of the only authorities that count; those of the system unless given. */
  readonly ca?: string | undefined;
  /** For each step; 5,000 unless said. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;

/**
 * Finds out how far one gets on the way to a server: name, connection, TLS. Nothing is sent beyond that.
 * @returns faults as codes of the operating system (ENOTFOUND, ECONNREFUSED, ETIMEDOUT); it throws for none of them.
 */
export async function probeWay(
  url: string,
  options: WayOptions,
  { clock }: { readonly clock: Clock },
): Promise<WayReport> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const timed = async <T extends object>(work: Promise<T>) => {
    const startMs = clock.monotonicMs();
    const result = await work;
    return { ...result, tookMs: Math.round(clock.monotonicMs() - startMs) };
  };
  const name = await timed(findAddresses(host, timeoutMs));
  const [address] = name.addresses;
  if (address === undefined) return { name };
  const isTls = protocol === "https:";
  const place = { host: address, port: port === "" ? (isTls ? 443 : 80) : Number(port) };
  const { socket, ...reached } = await timed(open(place, timeoutMs));
  const connection = { address: `${address}:${place.port}`, ...reached };
  if (socket === undefined || !isTls) {
    socket?.destroy();
    return { name, connection };
  }
  return { name, connection, tls: await timed(shakeHands(socket, { host, ca: options.ca, timeoutMs })) };
}

async function findAddresses(host: string, timeoutMs: number) {
  const { promises } = process.getBuiltinModule("node:dns");
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const tooLate = new Promise<never>((_, reject) => {
      late.addEventListener("abort", () => reject(Object.assign(new Error("late"), { code: "ETIMEDOUT" })));
    });
    const found = await Promise.race([promises.lookup(host, { all: true }), tooLate]);
    return { addresses: found.map(({ address }) => address), fault: null };
  } catch (error) {
    return { addresses: [], fault: codeOf(error) };
  }
}

function open(place: { host: string; port: number }, timeoutMs: number) {
  const socket = process.getBuiltinModule("node:net").connect(place);
  return new Promise<{ socket?: Socket; fault: string | null }>((resolve) => {
    socket.setTimeout(timeoutMs, () => socket.destroy(Object.assign(new Error("late"), { code: "ETIMEDOUT" })));
    socket.once("connect", () => resolve({ socket, fault: null }));
    socket.once("error", (error) => resolve({ fault: codeOf(error) }));
  });
}

function shakeHands(
  socket: Socket,
  { host, ca, timeoutMs }: { host: string; ca: string | undefined; timeoutMs: number },
): Promise<TlsFacts> {
  const { connect } = process.getBuiltinModule("node:tls");
  const { isIP } = process.getBuiltinModule("node:net");
  const trust = ca === undefined ? {} : { ca };
  const named = isIP(host) === 0 ? { servername: host } : {};
  // It is looked at and closed: a certificate that does not count is what is to be reported.
  const secured = connect({ socket, host, ...named, ...trust, rejectUnauthorized: false });
  return new Promise((resolve) => {
    const end = (facts: TlsFacts) => {
      resolve(facts);
      secured.destroy();
    };
    secured.setTimeout(timeoutMs, () => secured.destroy(Object.assign(new Error("late"), { code: "ETIMEDOUT" })));
    secured.once("secureConnect", () => end(describe(secured)));
    secured.once("error", (error) => end({ protocol: "", issuer: "", validToMs: 0, fault: codeOf(error) }));
  });
}

function describe(secured: TLSSocket): TlsFacts {
  const certificate = secured.getPeerCertificate();
  // The name is checked too; its fault stands here as any other.
  const error: unknown = secured.authorizationError;
  const issuer = certificate.issuer?.O ?? certificate.issuer?.CN ?? "";
  return {
    protocol: secured.getProtocol() ?? "",
    issuer: Array.isArray(issuer) ? issuer.join(", ") : issuer,
    validToMs: Date.parse(certificate.valid_to ?? "") || 0,
    fault: secured.authorized ? null : typeof error === "string" ? error : codeOf(error),
  };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "ECONNRESET";
}
