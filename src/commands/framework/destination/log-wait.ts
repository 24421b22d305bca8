import type { Obstacle } from "../../../client/index.ts";
import type { Say } from "../../../ui/index.ts";

const texts = {
  none: { en: "the log has not taken it yet", id: "log belum menerimanya" },
  "no-coordinator": { en: "no coordinator answers", id: "koordinator tidak menjawab" },
  "no-log": { en: "the log cannot be reached", id: "log tidak terjangkau" },
} as const;

/** What a publication waits for, in few words: they stand beside the name of a step. */
export function describeLogWait(obstacle: Obstacle | undefined, say: Say): string {
  return say(texts[obstacle ?? "none"]);
}
