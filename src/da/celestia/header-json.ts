import { toHex } from "../../base/index.ts";
import { badAnswer, readCount, readHex, readObject, readText } from "../json-shape.ts";
import type { BlockId, CometHeader, CometTime } from "./comet-header.ts";

/** Hash as Celestia writes it: hex in capitals. */
export function upperHex(bytes: Uint8Array): string {
  return toHex(bytes).toUpperCase();
}

/** RFC 3339 with as many digits of the second as are needed. */
export function formatTime(time: CometTime): string {
  const seconds = new Date(time.seconds * 1000).toISOString().slice(0, 19);
  const fraction = time.nanos === 0 ? "" : `.${String(time.nanos).padStart(9, "0").replace(/0+$/, "")}`;
  return `${seconds}${fraction}Z`;
}

const TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/** The moment of an RFC 3339 text. @throws DSDN_DA_BAD_ANSWER */
export function parseTime(value: unknown, place: string): CometTime {
  const match = typeof value === "string" ? TIME.exec(value) : null;
  const millis = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`);
  if (match === null || !Number.isFinite(millis)) throw badAnswer(place, "a time is missing");
  return { seconds: millis / 1000, nanos: Number((match[2] ?? "").padEnd(9, "0")) };
}

/** Milliseconds since 1970, truncated. */
export function timeToMs(time: CometTime): number {
  return time.seconds * 1000 + Math.floor(time.nanos / 1_000_000);
}

export function msToTime(timeMs: number): CometTime {
  const seconds = Math.floor(timeMs / 1000);
  return { seconds, nanos: (timeMs - seconds * 1000) * 1_000_000 };
}

/**
 * A header in CometBFT's JSON. `are64BitNumbers` gives plain Go JSON, where 64-bit integers are numbers
 * (the `Header` of a blob.Subscribe message); otherwise they are strings (ExtendedHeader).
 */
export function formatHeader(header: CometHeader, options: { are64BitNumbers: boolean }): object {
  const wide = (value: number) => (options.are64BitNumbers ? value : String(value));
  return {
    version: { block: wide(header.versionBlock), app: wide(header.versionApp) },
    chain_id: header.chainId,
    height: wide(header.height),
    time: formatTime(header.time),
    last_block_id: formatBlockId(header.lastBlockId),
    last_commit_hash: upperHex(header.lastCommitHash),
    data_hash: upperHex(header.dataHash),
    validators_hash: upperHex(header.validatorsHash),
    next_validators_hash: upperHex(header.nextValidatorsHash),
    consensus_hash: upperHex(header.consensusHash),
    app_hash: upperHex(header.appHash),
    last_results_hash: upperHex(header.lastResultsHash),
    evidence_hash: upperHex(header.evidenceHash),
    proposer_address: upperHex(header.proposerAddress),
  };
}

export function formatBlockId(id: BlockId): object {
  return { hash: upperHex(id.hash), parts: { total: id.partsTotal, hash: upperHex(id.partsHash) } };
}

/** The header of an answer, with 64-bit integers as text or numbers. @throws DSDN_DA_BAD_ANSWER */
export function parseHeader(value: unknown, place: string): CometHeader {
  const json = readObject(value, place);
  const version = readObject(json["version"], place);
  const hash = (name: string) => readHex(json[name], place, 32);
  return {
    versionBlock: readCount(version["block"], place),
    versionApp: readCount(version["app"] ?? 0, place),
    chainId: readText(json["chain_id"], place),
    height: readCount(json["height"], place),
    time: parseTime(json["time"], place),
    lastBlockId: parseBlockId(json["last_block_id"], place),
    lastCommitHash: hash("last_commit_hash"),
    dataHash: hash("data_hash"),
    validatorsHash: hash("validators_hash"),
    nextValidatorsHash: hash("next_validators_hash"),
    consensusHash: hash("consensus_hash"),
    appHash: hash("app_hash"),
    lastResultsHash: hash("last_results_hash"),
    evidenceHash: hash("evidence_hash"),
    proposerAddress: readHex(json["proposer_address"], place, 20),
  };
}

function parseBlockId(value: unknown, place: string): BlockId {
  const json = readObject(value, place);
  // CometBFT's own Go JSON calls the field `parts`; protobuf JSON calls it `part_set_header`.
  const parts = readObject(json["parts"] ?? json["part_set_header"] ?? {}, place);
  return {
    hash: readHex(json["hash"], place, 32),
    partsTotal: readCount(parts["total"] ?? 0, place),
    partsHash: readHex(parts["hash"], place, 32),
  };
}
