import type { DevnetStatus } from "../../devnet/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  devnetFolderFlag,
  devnetView,
  nextStep,
  openDevnet,
} from "../framework/index.ts";

const texts = {
  watch: { en: "watches it in a browser", id: "mengamatinya di peramban" },
} as const;

/** Shows the devnet of this machine. */
export default class DevStatusCommand extends BaseCommand<DevnetStatus> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Show the devnet: addresses, roles, height.", id: "Tampilkan devnet: alamat, peran, ketinggian." },
    examples: [{ command: "dev status", text: { en: "Show it.", id: "Tampilkan." } }],
  };
  static override readonly flags = { data: devnetFolderFlag };
  /** The command that shows the same in a browser, of the same devnet. */
  readonly #dashboard: string[] = ["dashboard"];

  async run(): Promise<CommandResult<DevnetStatus>> {
    const { flags } = await this.parse(DevStatusCommand);
    const devnet = await openDevnet(this.context, flags.data);
    if (flags.data !== undefined) this.#dashboard.push("--data", flags.data);
    return { summary: await devnet.status(), details: {}, audit: [] };
  }

  protected override view(status: DevnetStatus, say: Say): readonly Block[] {
    return [...devnetView(status, say), { essential: status.ingressUrl }, nextStep(this.#dashboard, say(texts.watch))];
  }
}
