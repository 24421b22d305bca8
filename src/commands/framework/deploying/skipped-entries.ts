import type { Ui } from "../../../ui/index.ts";

const texts = {
  skipped: {
    en: "{count} entries were left out of the package; -v lists them.",
    id: "{count} entri tidak ikut dikemas; -v menampilkannya.",
  },
} as const;

/** Says that something of a project was not packed, where the list of it is not shown. */
export function remarkSkipped(ui: Ui, skipped: readonly unknown[]): void {
  if (skipped.length > 0 && ui.level === 0) ui.remark(ui.say(texts.skipped, { count: skipped.length }));
}
