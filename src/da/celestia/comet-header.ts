import { concatBytes, toUtf8 } from "../../base/index.ts";
import { sha256 } from "../../crypto/index.ts";
import { merkleRoot } from "./merkle.ts";
import { protoBytes, protoDelimited, protoFixed64, protoMessage, protoVarint } from "./proto.ts";

/** A moment as CometBFT writes it. */
export interface CometTime {
  readonly seconds: number;
  /** 0..999,999,999 */
  readonly nanos: number;
}

export interface BlockId {
  /** 32 bytes; empty before height 1. */
  readonly hash: Uint8Array;
  readonly partsTotal: number;
  readonly partsHash: Uint8Array;
}

/** The fields of a CometBFT header. Hashes are 32 bytes or empty, addresses 20. @source cometbft spec/core/data_structures.md */
export interface CometHeader {
  readonly versionBlock: number;
  readonly versionApp: number;
  readonly chainId: string;
  readonly height: number;
  readonly time: CometTime;
  readonly lastBlockId: BlockId;
  readonly lastCommitHash: Uint8Array;
  readonly dataHash: Uint8Array;
  readonly validatorsHash: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
  readonly consensusHash: Uint8Array;
  readonly appHash: Uint8Array;
  readonly lastResultsHash: Uint8Array;
  readonly evidenceHash: Uint8Array;
  readonly proposerAddress: Uint8Array;
}

/** The 32-byte hash of a header: the Merkle root over its encoded fields. @source cometbft types/block.go Header.Hash */
export function hashHeader(header: CometHeader): Uint8Array {
  return merkleRoot([
    concatBytes(protoVarint(1, header.versionBlock), protoVarint(2, header.versionApp)),
    protoBytes(1, toUtf8(header.chainId)),
    protoVarint(1, header.height),
    encodeTime(header.time),
    encodeBlockId(header.lastBlockId),
    protoBytes(1, header.lastCommitHash),
    protoBytes(1, header.dataHash),
    protoBytes(1, header.validatorsHash),
    protoBytes(1, header.nextValidatorsHash),
    protoBytes(1, header.consensusHash),
    protoBytes(1, header.appHash),
    protoBytes(1, header.lastResultsHash),
    protoBytes(1, header.evidenceHash),
    protoBytes(1, header.proposerAddress),
  ]);
}

/** One validator's vote in a commit. */
export interface CommitVote {
  /** 2 = for the block. */
  readonly flag: number;
  readonly validatorAddress: Uint8Array;
  readonly time: CometTime;
  readonly signature: Uint8Array;
}

/** Hash of the votes of a commit. @source cometbft types/block.go Commit.Hash */
export function hashCommit(votes: readonly CommitVote[]): Uint8Array {
  return merkleRoot(
    votes.map((vote) =>
      concatBytes(
        protoVarint(1, vote.flag),
        protoBytes(2, vote.validatorAddress),
        protoMessage(3, encodeTime(vote.time)),
        protoBytes(4, vote.signature),
      ),
    ),
  );
}

/** Hash of a set of Ed25519 validators. @source cometbft types/validator_set.go Hash */
export function hashValidators(validators: readonly { publicKey: Uint8Array; power: number }[]): Uint8Array {
  return merkleRoot(
    validators.map(({ publicKey, power }) =>
      concatBytes(protoMessage(1, protoBytes(1, publicKey)), protoVarint(2, power)),
    ),
  );
}

/** The 20-byte address of an Ed25519 key. @source cometbft crypto/ed25519 */
export function addressOfKey(publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey).slice(0, 20);
}

/** What a validator signs to commit to a block: a precommit of round 0. @source cometbft types/canonical.go */
export function precommitBytes(vote: {
  height: number;
  blockId: BlockId;
  time: CometTime;
  chainId: string;
}): Uint8Array {
  const parts = concatBytes(protoVarint(1, vote.blockId.partsTotal), protoBytes(2, vote.blockId.partsHash));
  return protoDelimited(
    concatBytes(
      protoVarint(1, 2),
      protoFixed64(2, vote.height),
      protoMessage(4, concatBytes(protoBytes(1, vote.blockId.hash), protoMessage(2, parts))),
      protoMessage(5, encodeTime(vote.time)),
      protoBytes(6, toUtf8(vote.chainId)),
    ),
  );
}

function encodeTime(time: CometTime): Uint8Array {
  return concatBytes(protoVarint(1, time.seconds), protoVarint(2, time.nanos));
}

function encodeBlockId(id: BlockId): Uint8Array {
  const parts = concatBytes(protoVarint(1, id.partsTotal), protoBytes(2, id.partsHash));
  return concatBytes(protoBytes(1, id.hash), protoMessage(2, parts));
}
