// Runs every quarter of an hour and remembers: each run reads what the runs before it kept, adds its own line, and drops
// what is too old. A worker has no state of its own; the deployment's storage has.
import { getText, put } from "dsdn:storage";

interface Beat {
  readonly number: number;
  readonly atMs: number;
}

const NAME = "beats";
/** A run that comes this much later than the one before it was not the next one. */
const GAP_MS = 20 * 60_000;

function readKeep(args: readonly string[]): number {
  const said = Number(args[args.indexOf("--keep") + 1]);
  return args.includes("--keep") && Number.isInteger(said) && said > 0 ? said : 96;
}

export default async function main(_stdin: unknown, _env: unknown, args: readonly string[]): Promise<string> {
  const before = JSON.parse((await getText(NAME)) ?? "[]") as readonly Beat[];
  const last = before.at(-1);
  const beat: Beat = { number: (last?.number ?? 0) + 1, atMs: Date.now() };
  const gapMs = last === undefined ? 0 : beat.atMs - last.atMs;
  if (gapMs > GAP_MS) console.warn(`nothing ran for ${Math.round(gapMs / 60_000)} minutes`);
  const kept = [...before, beat].slice(-readKeep(args));
  await put(NAME, JSON.stringify(kept));
  console.info(`run ${beat.number}, ${kept.length} remembered`);
  return `${JSON.stringify(beat)}\n`;
}
