import { type Block, padTo, type Say, type Ui, widthOf } from "../../../ui/index.ts";
import type { CheckReport } from "./check.ts";

const texts = {
  good: { en: "ok", id: "baik" },
  remark: { en: "note", id: "catatan" },
  bad: { en: "PROBLEM", id: "MASALAH" },
  repaired: { en: "mended", id: "diperbaiki" },
} as const;

/** The checks as label and finding, each hint below its finding. */
export function drawChecks(checks: readonly CheckReport[], { say }: Pick<Ui, "say">): Block {
  const width = Math.max(0, ...checks.map((check) => widthOf(wordOf(check, say))));
  return { pairs: checks.flatMap((check) => drawCheck(check, padTo(wordOf(check, say), width))) };
}

function wordOf(check: CheckReport, say: Say): string {
  return say(check.isRepaired ? texts.repaired : texts[check.status]);
}

function drawCheck(check: CheckReport, word: string): [string, string][] {
  const lines: [string, string][] = [[check.title, `${word}  ${check.text}`]];
  return check.hint === null ? lines : [...lines, ["", check.hint]];
}
