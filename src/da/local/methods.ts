import { bech32 } from "@scure/base";
import { equalBytes, toBase64 } from "../../base/index.ts";
import { compareBlobs, formatBlob, formatNmtProof } from "../blob-json.ts";
import { addressOfKey } from "../celestia/comet-header.ts";
import { upperHex } from "../celestia/header-json.ts";
import { findRowsWith } from "../celestia/namespace-proof.ts";
import { proveNamespace, proveRange } from "../celestia/nmt-proof.ts";
import { countShares } from "../celestia/share.ts";
import { layOutSquare, leavesOfRow } from "../celestia/square.ts";
import type { DaBlob } from "../port.ts";
import { formatExtendedHeader, type LocalBlock } from "./block.ts";
import type { LocalChain } from "./chain.ts";
import { readHeight, readNamespace, readSubmitted } from "./method-params.ts";
import { nodeFault } from "./node-fault.ts";
import type { NodePermission } from "./node-token.ts";

const MAX_HEADER_RANGE = 64;
const BALANCE_UTIA = "1000000000000";

/** A method of the local node: how many params it takes, what it needs, what it answers. */
export interface LocalMethod {
  readonly params: number;
  readonly permission: NodePermission;
  readonly run: (params: readonly unknown[], signal: AbortSignal | undefined) => Promise<unknown>;
}

/** The methods the local node serves over HTTP and WebSocket. @source celestia-node nodebuilder/{blob,header,node,das,share,state} */
export function createLocalMethods(chain: LocalChain): ReadonlyMap<string, LocalMethod> {
  return new Map<string, LocalMethod>([
    ...blobMethods(chain),
    ...headerMethods(chain),
    ...shareMethods(chain),
    ...nodeMethods(chain),
  ]);
}

type Entry = [string, LocalMethod];

function entry(name: string, params: number, run: LocalMethod["run"], permission: NodePermission = "read"): Entry {
  return [name, { params, permission, run }];
}

function blobMethods(chain: LocalChain): Entry[] {
  return [
    entry("blob.Submit", 2, ([blobs]) => chain.submit(readSubmitted(blobs)), "write"),
    entry("blob.Get", 3, async ([height, namespace, commitment]) =>
      formatBlob(await findBlob(chain, { height, namespace, commitment })),
    ),
    entry("blob.GetAll", 2, async ([height, namespaces]) => {
      const wanted = Array.isArray(namespaces) ? namespaces.map(readNamespace) : [];
      const block = await blockAt(chain, height);
      const found = block.blobs.filter((blob) => wanted.some((namespace) => equalBytes(namespace, blob.namespace)));
      return found.length === 0 ? null : found.map(formatBlob);
    }),
    entry("blob.GetProof", 3, ([height, namespace, commitment]) => proveBlob(chain, { height, namespace, commitment })),
    entry("blob.Included", 4, async ([height, namespace, proof, commitment]) => {
      if (proof === null || proof === undefined) throw nodeFault("blob: proof cannot be nil");
      const own = await proveBlob(chain, { height, namespace, commitment }).catch((error: unknown) => {
        if (error instanceof Error && error.message.includes("blob: not found")) return undefined;
        throw error;
      });
      if (own === undefined) return false;
      if (!isSameProof(own, proof)) throw nodeFault("blob: invalid proof");
      return true;
    }),
  ];
}

function headerMethods(chain: LocalChain): Entry[] {
  const show = (block: LocalBlock) => formatExtendedHeader(block, chain.publicKey);
  const head = async () => show(chain.head());
  return [
    entry("header.LocalHead", 0, head),
    entry("header.NetworkHead", 0, head),
    entry("header.Tail", 0, async () => show(await blockAt(chain, 1))),
    entry("header.GetByHeight", 1, async ([height]) => show(await blockAt(chain, height))),
    entry("header.WaitForHeight", 1, async ([height], signal) => {
      await waitForHeight(chain, readHeight(height), signal);
      return show(await blockAt(chain, height));
    }),
    entry("header.GetByHash", 1, async ([hash]) => show(await blockWithHash(chain, hash))),
    entry("header.GetRangeByHeight", 2, async ([from, to]) => showRange(chain, from, to)),
    entry("header.SyncState", 0, async () => {
      const { header, id } = chain.head();
      const hash = upperHex(id.hash);
      const time = "0001-01-01T00:00:00Z";
      const height = header.height;
      return {
        id: 1,
        height,
        from_height: 1,
        to_height: height,
        from_hash: hash,
        to_hash: hash,
        start: time,
        end: time,
      };
    }),
    entry("header.SyncWait", 0, async () => null),
  ];
}

function shareMethods(chain: LocalChain): Entry[] {
  return [
    entry("share.SharesAvailable", 1, async ([height]) => {
      await blockAt(chain, height);
      return null;
    }),
    entry("share.GetNamespaceData", 2, async ([height, namespace]) => {
      const wanted = readNamespace(namespace);
      const block = await blockAt(chain, height);
      const rows = findRowsWith(block.roots, wanted);
      if (rows.length === 0) return [];
      const square = layOutSquare(block.blobs);
      return rows.map((row) => {
        const proof = proveNamespace(leavesOfRow(square, row), wanted);
        const isAbsent = proof.leafHash !== undefined;
        const first = row * square.width;
        const shares = isAbsent ? [] : square.shares.slice(first + proof.start, first + proof.end);
        return { shares: shares.map(toBase64), proof: formatNmtProof(proof) };
      });
    }),
  ];
}

function nodeMethods(chain: LocalChain): Entry[] {
  const address = () => bech32.encode("celestia", bech32.toWords(addressOfKey(chain.publicKey)));
  return [
    entry("state.Balance", 0, async () => ({ denom: "utia", amount: BALANCE_UTIA })),
    entry("state.BalanceForAddress", 1, async () => ({ denom: "utia", amount: BALANCE_UTIA })),
    entry("state.AccountAddress", 0, async () => address()),
    entry("node.Info", 0, async () => ({ type: "Light", api_version: "v0.31.4" }), "admin"),
    entry("node.Ready", 0, async () => true),
    entry("das.WaitCatchUp", 0, async () => null),
    entry("das.SamplingStats", 0, async () => {
      const height = chain.head().header.height;
      return {
        head_of_sampled_chain: height,
        head_of_catchup: height,
        network_head_height: height,
        concurrency: 0,
        catch_up_done: true,
        is_running: true,
      };
    }),
  ];
}

async function blockAt(chain: LocalChain, value: unknown): Promise<LocalBlock> {
  const height = readHeight(value);
  if (height === 0) throw nodeFault("height is equal to 0");
  const networkHeight = chain.head().header.height;
  if (height > networkHeight) {
    throw nodeFault(
      `header: given height is from the future: networkHeight: ${networkHeight}, requestedHeight: ${height}`,
    );
  }
  const block = await chain.find(height);
  if (block === undefined) throw nodeFault("header: not found");
  return block;
}

async function blockWithHash(chain: LocalChain, hash: unknown): Promise<LocalBlock> {
  for (let height = chain.head().header.height; height >= 1; height--) {
    const block = await chain.find(height);
    if (block !== undefined && upperHex(block.id.hash) === hash) return block;
  }
  throw nodeFault("header: not found");
}

async function showRange(chain: LocalChain, from: unknown, to: unknown): Promise<object[]> {
  const header: unknown = typeof from === "object" && from !== null && "header" in from ? from.header : undefined;
  const first = typeof header === "object" && header !== null && "height" in header ? Number(header.height) + 1 : 1;
  const last = Math.min(readHeight(to), first + MAX_HEADER_RANGE);
  const blocks: object[] = [];
  for (let height = first; height < last; height++) {
    blocks.push(formatExtendedHeader(await blockAt(chain, height), chain.publicKey));
  }
  return blocks;
}

function waitForHeight(chain: LocalChain, height: number, signal: AbortSignal | undefined): Promise<void> {
  if (chain.head().header.height >= height) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const end = chain.onBlock((block) => {
      if (block.header.height < height) return;
      end();
      resolve();
    });
    signal?.addEventListener("abort", () => {
      end();
      reject(signal.reason);
    });
  });
}

interface BlobQuery {
  readonly height: unknown;
  readonly namespace: unknown;
  readonly commitment: unknown;
}

async function findBlob(chain: LocalChain, query: BlobQuery): Promise<DaBlob> {
  const namespace = readNamespace(query.namespace);
  const block = await blockAt(chain, query.height);
  const found = block.blobs.find(
    (blob) => equalBytes(blob.namespace, namespace) && toBase64(blob.commitment) === query.commitment,
  );
  if (found === undefined) throw nodeFault("blob: not found");
  return found;
}

async function proveBlob(chain: LocalChain, query: BlobQuery): Promise<object[]> {
  const blob = await findBlob(chain, query);
  const block = await blockAt(chain, query.height);
  const square = layOutSquare([...block.blobs].sort(compareBlobs));
  const { width } = square;
  const start = Math.floor(blob.index / (2 * width)) * width + (blob.index % (2 * width));
  const end = start + countShares(blob.data.length, blob.shareVersion);
  const proofs: object[] = [];
  for (let row = Math.floor(start / width); row * width < end; row++) {
    const from = Math.max(start, row * width) - row * width;
    const to = Math.min(end, (row + 1) * width) - row * width;
    proofs.push(formatNmtProof(proveRange(leavesOfRow(square, row), from, to)));
  }
  return proofs;
}

function isSameProof(own: readonly object[], given: unknown): boolean {
  const plain = (value: unknown) => JSON.stringify(value);
  return (
    Array.isArray(given) && given.length === own.length && own.every((proof, at) => hasFields(given[at], proof, plain))
  );
}

function hasFields(given: unknown, proof: object, plain: (value: unknown) => string): boolean {
  if (typeof given !== "object" || given === null) return false;
  const fields = new Map<string, unknown>(Object.entries(given));
  return Object.entries(proof).every(([name, value]) => plain(fields.get(name)) === plain(value));
}
