import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findBase64, findHex } from "../../../src/base/index.ts";
import { verifyEd25519 } from "../../../src/crypto/index.ts";
import {
  addressOfKey,
  type CommitVote,
  hashCommit,
  hashHeader,
  hashValidators,
  precommitBytes,
} from "../../../src/da/celestia/comet-header.ts";
import { formatHeader, parseHeader, parseTime } from "../../../src/da/celestia/header-json.ts";
import { dataRootOf } from "../../../src/da/celestia/square.ts";

interface HeaderFile {
  readonly header: object;
  readonly commit: {
    readonly block_id: { readonly hash: string; readonly parts: { readonly total: number; readonly hash: string } };
    readonly signatures: readonly {
      readonly block_id_flag: number;
      readonly validator_address: string;
      readonly timestamp: string;
      readonly signature: string;
    }[];
  };
  readonly validator_set: {
    readonly validators: readonly { readonly pub_key: { readonly value: string }; readonly voting_power: string }[];
  };
  readonly dah: { readonly row_roots: readonly string[]; readonly column_roots: readonly string[] };
}

const read = (name: string): HeaderFile =>
  JSON.parse(readFileSync(new URL(`headers/${name}.json`, import.meta.url), "utf8")) as HeaderFile;
const hex = (text: string) => findHex(text) ?? new Uint8Array(0);
const base64 = (text: string) => findBase64(text) ?? new Uint8Array(0);
const votesOf = (file: HeaderFile): CommitVote[] =>
  file.commit.signatures.map((entry) => ({
    flag: entry.block_id_flag,
    validatorAddress: hex(entry.validator_address),
    time: parseTime(entry.timestamp, "vote"),
    signature: base64(entry.signature),
  }));

const NAMES = [
  "chain1-extended_header_block_1",
  "chain1-extended_header_block_27",
  "chain2-extended_header_block_27",
  "chain2-extended_header_block_28",
  "chain2-extended_header_block_35",
];

describe.each(NAMES)("the published header %s", (name) => {
  const file = read(name);
  const header = parseHeader(file.header, name);

  it("hashes to the block id its validators voted for", () => {
    expect(hashHeader(header)).toEqual(hex(file.commit.block_id.hash));
  });

  it("is written back as it was read", () => {
    expect(formatHeader(header, { are64BitNumbers: false })).toEqual(file.header);
  });

  it("has the data root of its row and column roots", () => {
    expect(dataRootOf(file.dah.row_roots.map(base64), file.dah.column_roots.map(base64))).toEqual(header.dataHash);
  });

  it("names the hash of its validators, whose votes verify", () => {
    const validators = file.validator_set.validators.map((entry) => ({
      publicKey: base64(entry.pub_key.value),
      power: Number(entry.voting_power),
    }));
    expect(hashValidators(validators)).toEqual(header.validatorsHash);
    const { hash, parts } = file.commit.block_id;
    const blockId = { hash: hex(hash), partsTotal: parts.total, partsHash: hex(parts.hash) };
    for (const [index, vote] of votesOf(file).entries()) {
      const key = validators[index]?.publicKey ?? new Uint8Array(32);
      const message = precommitBytes({ height: header.height, blockId, time: vote.time, chainId: header.chainId });
      expect(addressOfKey(key)).toEqual(vote.validatorAddress);
      expect(verifyEd25519(key, message, vote.signature)).toBe(true);
      expect(verifyEd25519(key, message.with(20, 1 ^ (message[20] ?? 0)), vote.signature)).toBe(false);
    }
  });
});

describe("two published headers in a row", () => {
  it("are linked by the hash of the block and the hash of its commit", () => {
    const before = read("chain2-extended_header_block_27");
    const after = parseHeader(read("chain2-extended_header_block_28").header, "after");
    expect(after.lastBlockId.hash).toEqual(hex(before.commit.block_id.hash));
    expect(after.lastCommitHash).toEqual(hashCommit(votesOf(before)));
  });
});
