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

/** Shows the devnet of this machine. */
export default class DevStatusCommand extends BaseCommand<DevnetStatus> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Show the devnet: addresses, roles, height.", id: "Tampilkan devnet: alamat, peran, ketinggian." },
    examples: [{ command: "dev status", text: { en: "Show it.", id: "Tampilkan." } }],
  };
  static override readonly flags = { data: devnetFolderFlag };

  async run(): Promise<CommandResult<DevnetStatus>> {
    const { flags } = await this.parse(DevStatusCommand);
    const devnet = await openDevnet(this.context, flags.data);
    return { summary: await devnet.status(), details: {}, audit: [] };
  }

  protected override view(status: DevnetStatus, say: Say): readonly Block[] {
    return [...devnetView(status, say), nextStep(["dev", "logs"])];
  }
}
