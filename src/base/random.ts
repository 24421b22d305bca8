import { createHash, randomFillSync } from "node:crypto";

/** Random bytes. Keys and nonces come from `systemRandom`; a simulation passes a seeded one. */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** The operating system's generator. */
export function systemRandom(): Random {
  return { bytes: (length) => randomFillSync(new Uint8Array(length)) };
}

/** A repeatable generator: SHA-256(seed || counter). For simulations and `--seed`; never for a user's keys. */
export function seededRandom(seed: string): Random {
  let counter = 0;
  let pool = new Uint8Array(0);
  return {
    bytes(length) {
      const out = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        if (pool.length === 0) {
          pool = new Uint8Array(createHash("sha256").update(`${seed}/${counter++}`).digest());
        }
        const part = pool.subarray(0, length - filled);
        out.set(part, filled);
        filled += part.length;
        pool = pool.subarray(part.length);
      }
      return out;
    },
  };
}
