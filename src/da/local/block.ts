import { concatBytes, toBase64, toUtf8 } from "../../base/index.ts";
import { type Ed25519Signer, sha256 } from "../../crypto/index.ts";
import {
  addressOfKey,
  type BlockId,
  type CometHeader,
  type CommitVote,
  hashCommit,
  hashHeader,
  hashValidators,
  precommitBytes,
} from "../celestia/comet-header.ts";
import { commitBlob } from "../celestia/commitment.ts";
import { formatBlockId, formatHeader, formatTime, msToTime, upperHex } from "../celestia/header-json.ts";
import { merkleRoot } from "../celestia/merkle.ts";
import type { AxisRoots } from "../celestia/namespace-proof.ts";
import type { BlobContent } from "../celestia/share.ts";
import { dataRootOf, extendSquare, layOutSquare } from "../celestia/square.ts";
import type { DaBlob } from "../port.ts";

/** One block of the local chain, without its transactions: payment is not simulated. */
export interface LocalBlock {
  readonly header: CometHeader;
  readonly id: BlockId;
  readonly vote: CommitVote;
  readonly roots: AxisRoots;
  /** In the order of the square. */
  readonly blobs: readonly DaBlob[];
}

/** App version the local chain claims; the one of mainnet when this was written. */
const VERSION_APP = 9;
/** @source cometbft version/version.go BlockProtocol */
const VERSION_BLOCK = 11;
const VALIDATOR_POWER = 10;
const NOTHING = new Uint8Array(0);

let emptyRoots: AxisRoots | undefined;
let emptyDataRoot: Uint8Array | undefined;

/** The roots of a block without blobs; computed once. */
export function rootsOfEmptyBlock(): AxisRoots {
  emptyRoots ??= extendSquare(layOutSquare([]));
  return { rowRoots: emptyRoots.rowRoots, columnRoots: emptyRoots.columnRoots };
}

/** The data root of a block without blobs; computed once. */
export function dataRootOfEmptyBlock(): Uint8Array {
  const { rowRoots, columnRoots } = rootsOfEmptyBlock();
  emptyDataRoot ??= dataRootOf(rowRoots, columnRoots);
  return emptyDataRoot;
}

/** What is the same in all blocks of a chain. */
export interface ChainFacts {
  readonly chainId: string;
  /** Of the only validator. */
  readonly publicKey: Uint8Array;
}

/** What differs from block to block in a header. */
export interface BlockFacts {
  readonly height: number;
  readonly timeMs: number;
  readonly lastBlockId: BlockId;
  readonly lastCommitHash: Uint8Array;
  readonly dataHash: Uint8Array;
}

const CONSENSUS_HASH = sha256(toUtf8("dsdn local chain"));
const APP_HASH = sha256(toUtf8("dsdn local chain without state"));
const HASH_OF_NOTHING = merkleRoot([]);

/** The whole header of a block of the chain. */
export function fillHeader(chain: ChainFacts, facts: BlockFacts): CometHeader {
  const validatorsHash = hashValidators([{ publicKey: chain.publicKey, power: VALIDATOR_POWER }]);
  return {
    versionBlock: VERSION_BLOCK,
    versionApp: VERSION_APP,
    chainId: chain.chainId,
    height: facts.height,
    time: msToTime(facts.timeMs),
    lastBlockId: facts.lastBlockId,
    lastCommitHash: facts.lastCommitHash,
    dataHash: facts.dataHash,
    validatorsHash,
    nextValidatorsHash: validatorsHash,
    consensusHash: CONSENSUS_HASH,
    appHash: APP_HASH,
    lastResultsHash: HASH_OF_NOTHING,
    evidenceHash: HASH_OF_NOTHING,
    proposerAddress: addressOfKey(chain.publicKey),
  };
}

/** The id of a local block. It is never gossiped in parts; the one part stands for the header itself. */
export function blockIdOf(hash: Uint8Array): BlockId {
  return { hash, partsTotal: 1, partsHash: merkleRoot([hash]) };
}

/** The id that stands before height 1. */
export const NO_BLOCK_ID: BlockId = { hash: NOTHING, partsTotal: 0, partsHash: NOTHING };

/** Builds and signs the block after `previous`. */
export function buildBlock(
  next: { chainId: string; timeMs: number; blobs: readonly BlobContent[]; previous: LocalBlock | undefined },
  signer: Ed25519Signer,
): LocalBlock {
  const { previous, chainId } = next;
  const { roots, blobs } = layOutBlobs(next.blobs);
  const header = fillHeader(
    { chainId, publicKey: signer.publicKey },
    {
      height: (previous?.header.height ?? 0) + 1,
      timeMs: next.timeMs,
      lastBlockId: previous?.id ?? NO_BLOCK_ID,
      lastCommitHash: hashCommit(previous === undefined ? [] : [previous.vote]),
      dataHash: blobs.length === 0 ? dataRootOfEmptyBlock() : dataRootOf(roots.rowRoots, roots.columnRoots),
    },
  );
  const id = blockIdOf(hashHeader(header));
  const { height, time } = header;
  const signature = signer.sign(precommitBytes({ height, blockId: id, time, chainId }));
  return { header, id, vote: { flag: 2, validatorAddress: header.proposerAddress, time, signature }, roots, blobs };
}

function layOutBlobs(contents: readonly BlobContent[]): { roots: AxisRoots; blobs: DaBlob[] } {
  if (contents.length === 0) return { roots: rootsOfEmptyBlock(), blobs: [] };
  const square = layOutSquare(contents);
  const { rowRoots, columnRoots } = extendSquare(square);
  const blobs = contents.map((content, index): DaBlob => {
    const start = square.starts[index] ?? 0;
    const row = Math.floor(start / square.width);
    return { ...content, commitment: commitBlob(content), index: row * 2 * square.width + (start % square.width) };
  });
  return { roots: { rowRoots, columnRoots }, blobs: blobs.sort((left, right) => left.index - right.index) };
}

/** The ExtendedHeader of a block in the JSON of celestia-node. */
export function formatExtendedHeader(block: LocalBlock, publicKey: Uint8Array): object {
  const { header, id, vote } = block;
  const height = String(header.height);
  const validator = {
    address: upperHex(vote.validatorAddress),
    pub_key: { type: "tendermint/PubKeyEd25519", value: toBase64(publicKey) },
    voting_power: String(VALIDATOR_POWER),
    proposer_priority: "0",
  };
  return {
    header: formatHeader(header, { are64BitNumbers: false }),
    validator_set: { validators: [validator], proposer: validator },
    commit: {
      height,
      round: 0,
      block_id: formatBlockId(id),
      signatures: [
        {
          block_id_flag: vote.flag,
          validator_address: upperHex(vote.validatorAddress),
          timestamp: formatTime(vote.time),
          signature: toBase64(vote.signature),
        },
      ],
    },
    dah: {
      row_roots: block.roots.rowRoots.map(toBase64),
      column_roots: block.roots.columnRoots.map(toBase64),
    },
  };
}

/** All roots one after the other: rows, then columns. */
export function joinRoots(roots: AxisRoots): Uint8Array {
  return concatBytes(...roots.rowRoots, ...roots.columnRoots);
}
