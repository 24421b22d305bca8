import { fail } from "../../base/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import { DEVNET, updateConfig } from "../framework/config/index.ts";
import { networkErrors } from "../framework/destination/network-errors.ts";
import { BaseCommand, type CommandTexts, nextStep, textArg } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Removed = Summary<"network remove">;

const texts = {
  done: {
    en: "{network} is forgotten. Its token file was left alone.",
    id: "{network} dilupakan. Berkas tokennya dibiarkan.",
  },
  back: { en: "Commands go to devnet again.", id: "Perintah kembali menuju devnet." },
} as const;

/** Forgets a network. */
export default class NetworkRemoveCommand extends BaseCommand<Removed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Forget a network.", id: "Lupakan sebuah jaringan." },
    description: {
      en: "Nothing on that network changes: what you stored and deployed there stays.",
      id: "Tidak ada yang berubah di jaringan itu: yang Anda simpan dan deploy di sana tetap ada.",
    },
    examples: [{ command: "network remove staging", text: { en: "By its name.", id: "Menurut namanya." } }],
  };
  static override readonly args = {
    name: textArg({ required: true, text: { en: "Name of the network.", id: "Nama jaringannya." } }),
  };

  async run(): Promise<CommandResult<Removed>> {
    const { args } = await this.parse(NetworkRemoveCommand);
    const network = args.name;
    const before = this.context.config.get();
    if (!before.networks.has(network)) {
      const known = [DEVNET, ...before.networks.keys()].join(", ");
      throw fail(networkErrors.networkUnknown, { network: network.slice(0, 80), place: "<name>", known });
    }
    await updateConfig(this.ui.terminal, this.context, (config) => {
      const networks = new Map(config.networks);
      networks.delete(network);
      const { network: chosen, ...rest } = config.settings;
      return { networks, settings: chosen === network ? rest : config.settings };
    });
    const wasCurrent = before.settings.network === network;
    return { summary: { network, wasCurrent }, details: {}, audit: [{ step: "forget", network }] };
  }

  protected override view({ network, wasCurrent }: Removed, say: Say): readonly Block[] {
    return [
      say(texts.done, { network }),
      ...(wasCurrent ? [say(texts.back)] : []),
      { essential: network },
      nextStep(["network", "list"]),
    ];
  }
}
