/**
 * What a verb of the CLI hands back. `--json` prints exactly this; more `-v` draws more of it and never changes it.
 *
 * - `summary`: what the user asked for.
 * - `details`: latency and status (`-v`); its member `references` (receipts, heights, namespaces, CIDs) waits for `-vv`.
 * - `audit`: each step that was taken, in order, with its facts (`-vvv`).
 */
export interface CommandResult<S extends object = object> {
  readonly summary: S;
  readonly details: ResultDetails;
  readonly audit: readonly AuditEntry[];
}

/** Facts beside the answer. `references` holds what a third party needs to check the answer. */
export type ResultDetails = { readonly [name: string]: unknown; readonly references?: object };

/** One step taken: what was done and its facts. */
export type AuditEntry = { readonly step: string; readonly [fact: string]: unknown };

/** One piece of a drawn summary. */
export type Block =
  /** A line, or an empty line. */
  | string
  /** Label and value pairs, aligned. */
  | { readonly pairs: readonly (readonly [string, string])[] }
  /** What stands beside the line that says what was done: drawn from `-v` on. */
  | { readonly more: readonly Block[] }
  | { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  /** The command to run next, ready to be pasted, and what it is good for; last, and left out under `--quiet`. */
  | { readonly next: string; readonly why?: string }
  /** The one value a script wants; the only thing printed under `--quiet`, and not drawn otherwise. */
  | { readonly essential: string };

/** How much of a result is drawn: 0 the summary, 1 latency and status, 2 references, 3 the audit trail. */
export type DisclosureLevel = 0 | 1 | 2 | 3;
