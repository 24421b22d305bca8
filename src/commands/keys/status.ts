import { fail } from "../../base/index.ts";
import { keysErrors } from "../../keys/index.ts";
import { type Block, type CommandResult, formatTime, type Say } from "../../ui/index.ts";
import { BaseCommand, type CommandTexts, keysFolder, nextStep, openAccountAccess } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Status = Summary<"keys status">;

const texts = {
  rests: {
    en: "Account {fingerprint}; its key rests at {place}.",
    id: "Akun {fingerprint}; kuncinya disimpan di {place}.",
  },
  set: { en: "Share set", id: "Set bagian" },
  need: { en: "Needed", id: "Diperlukan" },
  made: { en: "Made", id: "Dibuat" },
  rehearsed: { en: "Rehearsed", id: "Diuji" },
  never: { en: "never", id: "belum pernah" },
  split: {
    en: "without shares a lost device loses the files",
    id: "tanpa bagian kunci, perangkat hilang berarti berkas hilang",
  },
  folder: { en: "<folder>", id: "<folder>" },
  file: { en: "<file>", id: "<berkas>" },
  rehearse: {
    en: "proves once that the shares can be brought together",
    id: "membuktikan sekali bahwa bagian kunci dapat dikumpulkan",
  },
} as const;

/** Shows where the account key rests and how it was split, without opening it. */
export default class KeysStatusCommand extends BaseCommand<Status> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Show where your key rests and how it was split.", id: "Tampilkan tempat kunci dan pembagiannya." },
    examples: [
      {
        command: "keys status",
        text: { en: "Nothing is opened or asked.", id: "Tanpa membuka atau bertanya apa pun." },
      },
    ],
  };

  async run(): Promise<CommandResult<Status>> {
    await this.parse(KeysStatusCommand);
    const { keeper } = openAccountAccess(this.context);
    const status = await keeper.findStatus();
    if (status === undefined) throw fail(keysErrors.missing, { folder: keysFolder(this.ui.terminal) });
    const { fingerprint, store, place, splits } = status;
    const shown = splits.map(({ commitment: _commitment, ...split }) => split);
    const references = { commitments: splits.map(({ setId, commitment }) => ({ setId, commitment })) };
    return {
      summary: { fingerprint, store, place, splits: shown },
      details: { references },
      audit: [{ step: "read status", store }],
    };
  }

  protected override view(summary: Status, say: Say): readonly Block[] {
    const { fingerprint, place, splits } = summary;
    const head = [texts.set, texts.need, texts.made, texts.rehearsed].map((title) => say(title));
    const rows = splits.map((split) => [
      split.setId,
      `${split.threshold} / ${split.total}`,
      formatTime(split.createdMs),
      split.rehearsedMs === null ? say(texts.never) : formatTime(split.rehearsedMs),
    ]);
    const isRehearsed = splits.some((split) => split.rehearsedMs !== null);
    return [
      say(texts.rests, { fingerprint, place }),
      ...(rows.length > 0 ? ["", { head, rows }] : []),
      { essential: fingerprint },
      splits.length === 0
        ? nextStep(["keys", "split", "--out", say(texts.folder)], say(texts.split))
        : isRehearsed
          ? nextStep(["ls"])
          : nextStep(["keys", "rehearse", say(texts.file), say(texts.file)], say(texts.rehearse)),
    ];
  }
}
