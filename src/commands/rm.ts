import type { Block, CommandResult, Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  textArg,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Removed = Summary<"rm">;

const texts = {
  done: { en: "{object} is marked as deleted on the log.", id: "{object} ditandai terhapus di log." },
  waiting: { en: "The deletion of {object} is on its way to the log.", id: "Penghapusan {object} sedang menuju log." },
  later: {
    en: "Nodes erase the bytes after 7 to 30 days. Copies others made cannot be called back.",
    id: "Node menghapus byte setelah 7 sampai 30 hari. Salinan yang sudah dibuat orang lain tidak dapat ditarik.",
  },
} as const;

/** Removes an object. */
export default class RmCommand extends BaseCommand<Removed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Remove an object of yours.", id: "Hapus objek milik Anda." },
    examples: [{ command: "rm photos", text: { en: "By name.", id: "Menurut nama." } }],
  };
  static override readonly args = {
    reference: textArg({ required: true, text: { en: "CID or your name.", id: "CID atau nama Anda." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Removed>> {
    const { args, flags } = await this.parse(RmCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const removed = await client.storage.remove(args.reference, this.signal);
    return { summary: removed, details: {}, audit: [{ step: "ask for deletion", object: removed.object }] };
  }

  protected override view({ object, isDone }: Removed, say: Say): readonly Block[] {
    return [
      say(isDone ? texts.done : texts.waiting, { object }),
      say(texts.later),
      { essential: object },
      nextStep(["ls"]),
    ];
  }
}
