import { DsdnError, equalBytes, fail } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";
import { COMMITMENT_BYTES_MIN, combineShares, isCommittedKey, parseShare, type Share } from "./share.ts";

export interface RecoverOptions {
  /** The set's commitment, from the page, the manifest or the key store: 32 bytes or its first 8 to 31. */
  readonly commitment: Uint8Array;
  /** 8 hex digits of the set that is wanted; without it the only set with enough shares is taken. */
  readonly setId?: string;
}

/** A share that was given and did not help. */
export interface RejectedShare {
  /** Its place among the given texts, from 1. */
  readonly position: number;
  /** Code of the error it would have been alone, or DSDN_CRYPTO_SHARE_WRONG. */
  readonly code: string;
}

export interface RecoveredKey {
  /** 32 bytes. Secret. */
  readonly key: Uint8Array;
  /** Bad, doubled or foreign shares among those given; empty when all are good. */
  readonly rejected: readonly RejectedShare[];
}

interface Candidate {
  readonly position: number;
  readonly share: Share;
}

const TEXTS_MAX = 64;
/** C(16, 8) = 12,870 is the most that one set of true indices needs. */
const ATTEMPTS_MAX = 20_000;

/**
 * The key that the shares were made from. Enough good shares suffice; every other one is named in `rejected`.
 *
 * @throws DSDN_CRYPTO_SHARE_DAMAGED, DSDN_CRYPTO_SHARE_TRUNCATED, DSDN_CRYPTO_SHARE_VERSION, DSDN_CRYPTO_SHARES_WRONG_SET,
 * DSDN_CRYPTO_SHARES_MIXED, DSDN_CRYPTO_SHARES_DUPLICATE, DSDN_CRYPTO_SHARES_SINGLE, DSDN_CRYPTO_SHARES_TOO_FEW,
 * DSDN_CRYPTO_SHARES_WRONG_KEY, DSDN_CRYPTO_KEY_LENGTH for a commitment shorter than 8 bytes
 */
export async function recoverKey(texts: readonly string[], options: RecoverOptions): Promise<RecoveredKey> {
  const { length } = options.commitment;
  if (length < COMMITMENT_BYTES_MIN || length > 32) {
    throw fail(cryptoErrors.keyLength, { what: "key commitment", expected: 32, actual: length });
  }
  if (texts.length === 0 || texts.length > TEXTS_MAX) {
    throw fail(cryptoErrors.sharesTooFew, { given: texts.length, threshold: 2 });
  }
  const problems: { readonly position: number; readonly error: DsdnError }[] = [];
  const reject = (position: number, error: DsdnError) => void problems.push({ position, error });
  const parsed = parseAll(texts, reject);
  const ofSet = chooseSet(parsed, options.setId, reject);
  const candidates = dropRepeats(ofSet, reject);
  const threshold = candidates[0]?.share.threshold ?? 2;
  const given = new Set(candidates.map(({ share }) => share.index)).size;
  if (given < threshold) {
    const [first] = problems;
    if (first) throw first.error;
    throw given === 1
      ? fail(cryptoErrors.sharesSingle, { threshold })
      : fail(cryptoErrors.sharesTooFew, { given, threshold });
  }
  const found = await search(candidates, threshold, options.commitment);
  for (const position of found.wrong) reject(position, fail(cryptoErrors.shareWrong, { position }));
  const rejected = problems.map(({ position, error }) => ({ position, code: error.code }));
  return { key: found.key, rejected: rejected.sort((left, right) => left.position - right.position) };
}

type Reject = (position: number, error: DsdnError) => void;

function parseAll(texts: readonly string[], reject: Reject): Candidate[] {
  return texts.flatMap((text, i) => {
    const position = i + 1;
    try {
      return [{ position, share: parseShare(text) }];
    } catch (error) {
      if (!(error instanceof DsdnError)) throw error;
      reject(position, fail(error.spec, { ...error.facts, position }));
      return [];
    }
  });
}

/** The shares of the wanted set, or of the only set that has enough; the others are rejected. */
function chooseSet(parsed: readonly Candidate[], wanted: string | undefined, reject: Reject): readonly Candidate[] {
  const sets = [...Map.groupBy(parsed, ({ share }) => [share.setId, share.threshold, share.total].join("/")).values()];
  const setIdOf = (set: readonly Candidate[]) => set[0]?.share.setId ?? "";
  const isEnough = (set: readonly Candidate[]) =>
    new Set(set.map(({ share }) => share.index)).size >= (set[0]?.share.threshold ?? 2);
  const wantedSets = wanted === undefined ? sets : sets.filter((set) => setIdOf(set) === wanted);
  if (sets.length > 0 && wantedSets.length === 0) {
    throw fail(cryptoErrors.sharesWrongSet, { given: setIdOf(sets[0] ?? []), wanted: wanted ?? "" });
  }
  if (sets.length < 2) return wantedSets[0] ?? [];
  const complete = wantedSets.filter(isEnough);
  const [chosen] = complete;
  if (chosen === undefined || complete.length > 1) {
    throw fail(cryptoErrors.sharesMixed, { sets: [...new Set(sets.map(setIdOf))].join(", ") });
  }
  for (const { position, share } of sets.filter((set) => set !== chosen).flat()) {
    reject(position, fail(cryptoErrors.sharesWrongSet, { given: share.setId, wanted: setIdOf(chosen) }));
  }
  return chosen;
}

/** Without exact repeats. Two shares of one index but other bytes both stay: one of them is bad. */
function dropRepeats(shares: readonly Candidate[], reject: Reject): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of shares) {
    const twin = kept.find(({ share }) => equalBytes(share.bytes, candidate.share.bytes));
    if (twin === undefined) kept.push(candidate);
    else {
      const facts = { position: candidate.position, first: twin.position };
      reject(candidate.position, fail(cryptoErrors.sharesDuplicate, facts));
    }
  }
  return kept;
}

async function search(
  candidates: readonly Candidate[],
  threshold: number,
  commitment: Uint8Array,
): Promise<{ readonly key: Uint8Array; readonly wrong: readonly number[] }> {
  const findKey = async (chosen: readonly Candidate[]): Promise<Uint8Array | undefined> => {
    const key = await combineShares(chosen.map(({ share }) => share));
    const [first] = chosen;
    return key && first && isCommittedKey(key, first.share, commitment) ? key : undefined;
  };
  let attempts = 0;
  for (const chosen of choices(candidates, threshold)) {
    if (++attempts > ATTEMPTS_MAX) break;
    const key = await findKey(chosen);
    if (key === undefined) continue;
    const wrong: number[] = [];
    for (const other of candidates) {
      if (chosen.includes(other)) continue;
      if ((await findKey([...chosen.slice(1), other])) === undefined) wrong.push(other.position);
    }
    return { key, wrong };
  }
  throw fail(cryptoErrors.sharesWrongKey, { threshold });
}

/** Every choice of `count` items, in order. */
function* choices<T>(items: readonly T[], count: number, start = 0): Generator<T[]> {
  if (count === 0) return yield [];
  for (let i = start; i + count <= items.length; i++) {
    const item = items[i];
    if (item !== undefined) for (const rest of choices(items, count - 1, i + 1)) yield [item, ...rest];
  }
}
