import type { ChunkRef } from "../protocol/index.ts";

/** Stored bytes of one chunk, to be read in order. */
export interface ChunkRange {
  readonly chunk: ChunkRef;
  readonly offset: number;
  readonly length: number;
}

/** A part of a stream of stored bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Which bytes of which chunks hold a range of a stored stream, in order. Neighbouring extents of one chunk become one.
 *
 * @param extents - the whole stream, in order.
 * @param range - inside the stream; everything unless said.
 */
export function readPlan(extents: readonly ChunkRange[], range?: ByteRange): readonly ChunkRange[] {
  const start = range?.offset ?? 0;
  const end = start + (range?.length ?? Number.MAX_SAFE_INTEGER - start);
  const plan: ChunkRange[] = [];
  let at = 0;
  for (const { chunk, offset, length } of extents) {
    const from = Math.max(start, at);
    const to = Math.min(end, at + length);
    const last = plan.at(-1);
    if (from < to) {
      const next = { chunk, offset: offset + from - at, length: to - from };
      if (last?.chunk.id === chunk.id && last.offset + last.length === next.offset) {
        plan[plan.length - 1] = { ...last, length: last.length + next.length };
      } else plan.push(next);
    }
    at += length;
  }
  return plan;
}
