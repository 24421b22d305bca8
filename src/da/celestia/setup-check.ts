import { type Clock, type Disk, fail, fromUtf8, isError, type Logger } from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import { readCount, readObject, readText } from "../json-shape.ts";
import { createNodeCaller } from "../transport/node-caller.ts";
import type { Transport } from "../transport/transport.ts";
import { parseExtendedHeader } from "./celestia-header.ts";
import { findNamespaceFault } from "./namespace.ts";

const CHECK_TIMEOUT_MS = 15_000;
const MAX_TOKEN_CHARACTERS = 4096;

export interface DaSetupOptions {
  /** 29 bytes. */
  readonly namespace: Uint8Array;
  readonly chainId: string;
  /** What the role needs; a reader needs no funds. */
  readonly access: "read" | "write";
}

export interface DaSetupReport {
  readonly node: string;
  readonly chainId: string;
  readonly headHeight: number;
  /** Only with access `write`. */
  readonly account?: { readonly address: string; readonly balanceUtia: bigint };
}

/**
 * Asks a node everything that must be right before a role serves: namespace, token, chain, sync state and, for a
 * poster, an account. Nothing is posted. Idempotent.
 *
 * @throws DSDN_DA_NAMESPACE_INVALID, DSDN_DA_UNREACHABLE, DSDN_DA_UNAUTHORISED, DSDN_DA_CHAIN_WRONG, DSDN_DA_SYNCING,
 * DSDN_DA_ACCOUNT_UNFUNDED, DSDN_DA_REFUSED
 */
export async function checkDaSetup(
  options: DaSetupOptions,
  deps: { readonly transport: Transport; readonly clock: Clock; readonly log: Logger },
): Promise<DaSetupReport> {
  const fault = findNamespaceFault(options.namespace);
  if (fault !== undefined) throw fail(daErrors.namespaceInvalid, { reason: fault });
  const caller = createNodeCaller({ timeoutMs: CHECK_TIMEOUT_MS, limitBytes: 0 }, deps);
  const ask = (method: string, params: readonly unknown[] = []) => caller.call({ method, params });

  const { chainId } = options;
  const { header } = parseExtendedHeader(await ask("header.LocalHead"), { chainId, method: "header.LocalHead" });
  checkSynced(await ask("header.SyncState"));
  const report = { node: deps.transport.node, chainId, headHeight: header.height };
  if (options.access === "read") return report;
  await checkMayWrite(ask);
  const address = readText(await ask("state.AccountAddress"), "state.AccountAddress");
  const balanceUtia = readBalance(await ask("state.Balance"));
  if (balanceUtia === 0n) throw fail(daErrors.accountUnfunded, { reason: `${address} holds nothing` });
  return { ...report, account: { address, balanceUtia } };
}

/** @source go-header sync/syncer.go: done when the target is reached */
function checkSynced(value: unknown): void {
  const method = "header.SyncState";
  const state = readObject(value, method);
  const height = readCount(state["height"], method);
  const target = readCount(state["to_height"], method);
  if (target > height) throw fail(daErrors.syncing, { reason: `height ${height} of ${target}` });
}

/** An empty submit is refused by every node, but one without the permission refuses it for that. */
async function checkMayWrite(ask: (method: string, params: readonly unknown[]) => Promise<unknown>): Promise<void> {
  try {
    await ask("blob.Submit", [[], {}]);
  } catch (error) {
    if (!isError(error, daErrors.blobEmpty)) throw error;
  }
}

/** utia of a `state.Balance` answer. @throws DSDN_DA_BAD_ANSWER */
function readBalance(value: unknown): bigint {
  const method = "state.Balance";
  const amount = readText(readObject(value, method)["amount"], method);
  if (!/^\d{1,30}$/.test(amount)) throw fail(daErrors.badAnswer, { method, reason: "the amount is not a number" });
  return BigInt(amount);
}

export interface TokenSource {
  /** Value of DA_AUTH_TOKEN. */
  readonly value?: string | undefined;
  /** Path of a file that holds the token. */
  readonly file?: string | undefined;
}

/**
 * The bearer token, or undefined when neither source is set. The value wins over the file.
 *
 * @throws DSDN_DA_TOKEN_MISSING when a source is set and holds no token. The token itself is in no message.
 */
export async function loadDaToken(source: TokenSource, deps: { readonly disk: Disk }): Promise<string | undefined> {
  if (source.value !== undefined && source.value !== "") return checkToken(source.value, "DA_AUTH_TOKEN");
  if (source.file === undefined || source.file === "") return undefined;
  const bytes = await deps.disk.find(source.file);
  if (bytes === undefined) throw fail(daErrors.tokenMissing, { source: source.file });
  return checkToken(fromUtf8(bytes), source.file);
}

function checkToken(text: string, source: string): string {
  const token = text.trim();
  if (token.length > MAX_TOKEN_CHARACTERS || !/^[\w.~+/-]+=*$/.test(token)) {
    throw fail(daErrors.tokenMissing, { source });
  }
  return token;
}
