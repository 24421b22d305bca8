import { join } from "node:path";
import { fail } from "../../base/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  DEVNET,
  openProjectConsents,
  PROJECT_NETWORK_FILE,
  updateConfig,
  writeProjectNetwork,
} from "../framework/config/index.ts";
import { networkErrors } from "../framework/destination/network-errors.ts";
import { BaseCommand, type CommandTexts, nextStep, switchFlag, textArg } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Used = Summary<"network use">;

const texts = {
  done: {
    en: "Commands go to {network} from now on, unless a flag, a variable or a project says otherwise.",
    id: "Mulai sekarang perintah menuju {network}, kecuali flag, variabel, atau proyek menyebut yang lain.",
  },
  project: {
    en: "{place} names {network}, and you agreed to it for this folder. Others agree for themselves.",
    id: "{place} menyebut {network}, dan Anda menyetujuinya untuk folder ini. Orang lain menyetujui sendiri.",
  },
} as const;

/** Makes a network the one that is meant without saying so. */
export default class NetworkUseCommand extends BaseCommand<Used> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Choose the network commands go to.", id: "Pilih jaringan yang dituju perintah." },
    examples: [
      { command: "network use staging", text: { en: "Everywhere.", id: "Di mana saja." } },
      {
        command: "network use staging --project",
        text: {
          en: "In this folder: writes .dsdn, and agrees to it.",
          id: "Di folder ini: menulis .dsdn sekaligus menyetujuinya.",
        },
      },
      {
        command: "network use devnet",
        text: { en: "The one of this machine again.", id: "Kembali ke yang di mesin ini." },
      },
    ],
  };
  static override readonly args = {
    name: textArg({
      required: true,
      text: { en: "Name of a network you know.", id: "Nama jaringan yang Anda kenal." },
    }),
  };
  static override readonly flags = {
    project: switchFlag({ text: { en: "For this folder only.", id: "Hanya untuk folder ini." } }),
  };

  async run(): Promise<CommandResult<Used>> {
    const { args, flags } = await this.parse(NetworkUseCommand);
    const { config, ui } = this.context;
    const network = args.name;
    const { networks } = config.get();
    if (network !== DEVNET && !networks.has(network)) {
      const known = [DEVNET, ...networks.keys()].join(", ");
      throw fail(networkErrors.networkUnknown, { network: network.slice(0, 80), place: "<name>", known });
    }
    if (flags.project === true) {
      const { folder } = ui.terminal;
      await writeProjectNetwork(folder, network);
      await openProjectConsents(this.context).record(folder, network);
      const place = join(folder, PROJECT_NETWORK_FILE);
      return { summary: { network, place }, details: {}, audit: [{ step: "write", place }] };
    }
    await updateConfig(ui.terminal, this.context, (now) => ({ ...now, settings: { ...now.settings, network } }));
    return { summary: { network, place: config.path }, details: {}, audit: [{ step: "keep", network }] };
  }

  protected override view({ network, place }: Used, say: Say): readonly Block[] {
    const done =
      place === this.context.config.path ? say(texts.done, { network }) : say(texts.project, { network, place });
    return [done, { essential: network }, nextStep(["network", "test", network])];
  }
}
