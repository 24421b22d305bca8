import type { Say, Text } from "../../ui/index.ts";

const words: { readonly [status: string]: Text } = {
  durable: { en: "durable", id: "aman di dua zona" },
  published: { en: "published", id: "tercatat di log" },
  expired: { en: "expired", id: "kedaluwarsa" },
  deleted: { en: "removed", id: "dihapus" },
  submitted: { en: "being checked", id: "sedang diperiksa" },
  approved: { en: "waits for a node", id: "menunggu node" },
  assigned: { en: "starting", id: "sedang dimulai" },
  running: { en: "running", id: "berjalan" },
  finished: { en: "finished", id: "selesai" },
  failed: { en: "failed", id: "gagal" },
  cancelled: { en: "ended", id: "diakhiri" },
  held: { en: "not run yet", id: "belum dijalankan" },
  refused: { en: "refused", id: "ditolak" },
  stopped: { en: "stopped", id: "berhenti" },
  partitioned: { en: "cut off", id: "terputus" },
  slow: { en: "slow", id: "lambat" },
};

const ended: ReadonlySet<string> = new Set(["superseded", "cancelled", "failed", "refused", "finished"]);

/** True for a version or run that does not run any more, and answers nothing. */
export function hasEnded(status: string): boolean {
  return ended.has(status);
}

/** The status of an object, a run or a role for people; `--json` and `-q` keep the name the network gives it. */
export function statusWord(status: string, say: Say): string {
  const word = words[status];
  return word === undefined ? status : say(word);
}
