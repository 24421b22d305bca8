import { createHash, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import {
  type Clock,
  type Disk,
  fail,
  type Lifecycle,
  type Logger,
  toDsdnError,
  toUtf8,
  writeDurable,
} from "../base/index.ts";
import type { CertificateIssuer } from "./acme.ts";
import { netErrors } from "./errors.ts";

/** Finds the certificate for a host name. */
export interface Certificates extends Lifecycle {
  /** The context for a TLS handshake that asks for this name; undefined when there is no certificate for it. */
  findContext(serverName: string): SecureContext | undefined;
}

export interface CertificateOptions {
  /** Absolute folder of `<name>.crt` (chain) and `<name>.key` pairs, PEM; certificates that are issued land here. */
  readonly folder: string;
  /** How often the folder is looked through. Default one minute. */
  readonly checkMs?: number;
}

export interface CertificateDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Logger;
  /** Names that should have a certificate, and who issues it; none unless said. */
  readonly issuing?: { readonly issuer: CertificateIssuer; readonly wantedNames: () => readonly string[] };
}

interface Loaded {
  readonly names: readonly string[];
  readonly validToMs: number;
  /** From when on it is to be renewed. */
  readonly renewAtMs: number;
  readonly context: SecureContext;
  /** Of the two files, to see when they were replaced. */
  readonly digest: string;
}

const CHECK_MS = 60_000;
const FILE_BYTES = 256 * 1024;
/** How often a name that has no certificate yet is looked for. */
const ORDER_MS = 2_000;
/** Certificates are renewed in the last third of their time, as authorities advise, but never earlier than this. */
const RENEW_BEFORE_MS = 30 * 24 * 3_600_000;
/** After an order the authority is left alone about a name for an hour: it counts them, failures above all. */
const RETRY_MS = 3_600_000;
const CERTIFICATES = 1_000;

/**
 * Certificates from a folder, read again when a file was replaced, so a renewal needs no restart. A pair that does not
 * fit together is left out and named in the log; the one loaded before it stays in use. With an issuer, missing and
 * soon ending certificates of wanted names are fetched.
 */
export function createCertificates(options: CertificateOptions, deps: CertificateDeps): Certificates {
  return new FolderCertificates(options, deps);
}

class FolderCertificates implements Certificates {
  readonly #options: CertificateOptions;
  readonly #deps: CertificateDeps;
  readonly #pairs = new Map<string, Loaded>();
  readonly #retryAtMs = new Map<string, number>();
  #byName = new Map<string, Loaded>();
  #loadAtMs = 0;
  #cancel: (() => void) | undefined;
  #hasStopped = true;

  constructor(options: CertificateOptions, deps: CertificateDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  findContext(serverName: string): SecureContext | undefined {
    const name = serverName.toLowerCase();
    const found = this.#byName.get(name) ?? this.#byName.get(`*.${name.slice(name.indexOf(".") + 1)}`);
    return found?.context;
  }

  /** Ready when the folder was read; certificates are fetched after that. */
  async start(): Promise<void> {
    if (!this.#hasStopped) return;
    this.#hasStopped = false;
    await this.#deps.disk.makeFolder(this.#options.folder);
    await this.#load();
    void this.#check();
  }

  /** What an authority is still working on is not waited for: it is ordered again at the next start. */
  async stop(): Promise<void> {
    this.#hasStopped = true;
    this.#cancel?.();
  }

  async #check(): Promise<void> {
    const { clock, issuing } = this.#deps;
    const { checkMs = CHECK_MS } = this.#options;
    try {
      if (clock.monotonicMs() >= this.#loadAtMs) await this.#load();
      await this.#issueMissing();
    } catch (error) {
      this.#deps.log.warn("certificates not read", { code: toDsdnError(error).code });
    }
    if (this.#hasStopped) return;
    const pauseMs = issuing === undefined ? checkMs : Math.min(checkMs, ORDER_MS);
    this.#cancel = clock.after(pauseMs, () => void this.#check());
  }

  async #load(): Promise<void> {
    const { disk, log, clock } = this.#deps;
    this.#loadAtMs = clock.monotonicMs() + (this.#options.checkMs ?? CHECK_MS);
    const entries = await disk.list(this.#options.folder);
    const names = entries.flatMap(({ name, kind }) =>
      kind === "file" && name.endsWith(".crt") ? [name.slice(0, -".crt".length)] : [],
    );
    for (const name of [...this.#pairs.keys()].filter((known) => !names.includes(known))) this.#pairs.delete(name);
    for (const name of names.slice(0, CERTIFICATES)) {
      try {
        await this.#loadPair(name);
      } catch (error) {
        log.warn("certificate not used", { name, code: toDsdnError(error).code, message: toDsdnError(error).message });
      }
    }
    const pairs = [...this.#pairs.values()].sort((left, right) => left.validToMs - right.validToMs);
    // Of two certificates for a name the one that lasts longer is set last and stays.
    this.#byName = new Map(pairs.flatMap((pair) => pair.names.map((name) => [name, pair] as const)));
  }

  async #loadPair(name: string): Promise<void> {
    const { folder } = this.#options;
    const [certificate, key] = await Promise.all([
      this.#read(`${folder}/${name}.crt`),
      this.#read(`${folder}/${name}.key`),
    ]);
    const digest = createHash("sha256").update(certificate).update(key).digest("hex");
    if (this.#pairs.get(name)?.digest === digest) return;
    this.#pairs.set(name, { ...readPair(name, certificate, key), digest });
  }

  async #read(path: string): Promise<Uint8Array> {
    const bytes = await this.#deps.disk.findRange(path, 0, FILE_BYTES);
    if (bytes === undefined) throw fail(netErrors.certificateUnusable, { name: path, reason: "the file is missing" });
    return bytes;
  }

  async #issueMissing(): Promise<void> {
    const { issuing, clock, log } = this.#deps;
    if (issuing === undefined) return;
    const wanted = issuing.wantedNames();
    for (const name of this.#retryAtMs.keys()) if (!wanted.includes(name)) this.#retryAtMs.delete(name);
    for (const name of wanted) {
      const nowMs = clock.nowMs();
      const isFresh = (this.#byName.get(name)?.renewAtMs ?? 0) > nowMs;
      if (this.#hasStopped || isFresh || (this.#retryAtMs.get(name) ?? 0) > nowMs) continue;
      this.#retryAtMs.set(name, nowMs + RETRY_MS);
      try {
        const issued = await issuing.issuer.issue(name);
        if (this.#hasStopped) return;
        await this.#keep(name, issued);
        log.info("certificate issued", { name });
      } catch (error) {
        log.warn("certificate not issued", {
          name,
          code: toDsdnError(error).code,
          message: toDsdnError(error).message,
        });
      }
    }
  }

  /** The key first: a chain without its key is not loaded, a key without its chain is not looked at. */
  async #keep(name: string, issued: { readonly certificate: string; readonly key: string }): Promise<void> {
    const { disk } = this.#deps;
    const { folder } = this.#options;
    readPair(name, toUtf8(issued.certificate), toUtf8(issued.key));
    await writeDurable(disk, `${folder}/${name}.key`, toUtf8(issued.key));
    await writeDurable(disk, `${folder}/${name}.crt`, toUtf8(issued.certificate));
    await this.#load();
  }
}

/** @throws DSDN_NET_CERTIFICATE_UNUSABLE when the two are no PEM or do not belong together */
function readPair(name: string, certificate: Uint8Array, key: Uint8Array): Omit<Loaded, "digest"> {
  try {
    const leaf = new X509Certificate(certificate);
    const context = createSecureContext({
      cert: Buffer.from(certificate),
      key: Buffer.from(key),
      minVersion: "TLSv1.2",
    });
    const names = (leaf.subjectAltName ?? "").split(/,\s*/).flatMap((entry) => /^DNS:(.+)$/.exec(entry)?.[1] ?? []);
    const [validFromMs, validToMs] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
    const renewAtMs = validToMs - Math.min(RENEW_BEFORE_MS, (validToMs - validFromMs) / 3);
    return { names: names.map((one) => one.toLowerCase()), validToMs, renewAtMs, context };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unreadable";
    throw fail(netErrors.certificateUnusable, { name, reason: reason.slice(0, 120) }, { cause: error });
  }
}
