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

const texts = { healed: { en: "Every fault has ended.", id: "Semua gangguan telah diakhiri." } } as const;

/** Ends every fault of the devnet. */
export default class DevHealCommand extends BaseCommand<DevnetStatus> {
  static override readonly texts: CommandTexts = {
    summary: { en: "End every fault of the devnet.", id: "Akhiri semua gangguan di devnet." },
    examples: [{ command: "dev heal", text: { en: "Bring everything back.", id: "Pulihkan semuanya." } }],
  };
  static override readonly flags = { data: devnetFolderFlag };

  async run(): Promise<CommandResult<DevnetStatus>> {
    const { flags } = await this.parse(DevHealCommand);
    const devnet = await openDevnet(this.context, flags.data);
    return { summary: await devnet.heal(), details: {}, audit: [{ step: "heal" }] };
  }

  protected override view(status: DevnetStatus, say: Say): readonly Block[] {
    return [
      say(texts.healed),
      { more: devnetView(status, say) },
      { essential: status.ingressUrl },
      nextStep(["verify", "state"]),
    ];
  }
}
