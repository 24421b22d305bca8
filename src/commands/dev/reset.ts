import { systemDisk, systemRandom } from "../../base/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import { BaseCommand, type CommandTexts, devnetFolder, devnetFolderFlag, nextStep } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Reset = Summary<"dev reset">;

const texts = {
  gone: {
    en: "The local network in {folder} is deleted; your own keys are not.",
    id: "Jaringan lokal di {folder} dihapus; kunci Anda sendiri tidak.",
  },
  next: { en: "begins with an empty network", id: "memulai dengan jaringan kosong" },
} as const;

/** Deletes the local network. */
export default class DevResetCommand extends BaseCommand<Reset> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Delete the local network and all it stored.", id: "Hapus jaringan lokal dan semua isinya." },
    examples: [{ command: "dev reset", text: { en: "Begin anew.", id: "Mulai dari awal." } }],
  };
  static override readonly flags = { data: devnetFolderFlag };

  async run(): Promise<CommandResult<Reset>> {
    const { flags } = await this.parse(DevResetCommand);
    const folder = devnetFolder(this.context, flags.data);
    const { removeDevnet } = await import("../../devnet/index.ts");
    await removeDevnet(folder, { disk: systemDisk(), clock: this.clock, random: systemRandom() });
    return { summary: { folder }, details: {}, audit: [{ step: "delete devnet", folder }] };
  }

  protected override view({ folder }: Reset, say: Say): readonly Block[] {
    return [say(texts.gone, { folder }), { essential: folder }, nextStep(["dev", "start"], say(texts.next))];
  }
}
