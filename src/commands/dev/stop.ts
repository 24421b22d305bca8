import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  devnetFolder,
  devnetFolderFlag,
  nextStep,
  openDevnet,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Stopped = Summary<"dev stop">;

const texts = {
  stopped: {
    en: "The devnet stopped; its state stays in {folder}.",
    id: "Devnet berhenti; datanya tetap di {folder}.",
  },
  next: { en: "goes on from there", id: "melanjutkan dari sana" },
} as const;

/** Stops the devnet of this machine. */
export default class DevStopCommand extends BaseCommand<Stopped> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Stop the devnet; its state is kept.", id: "Hentikan devnet; datanya disimpan." },
    examples: [{ command: "dev stop", text: { en: "Stop it.", id: "Hentikan." } }],
  };
  static override readonly flags = { data: devnetFolderFlag };

  async run(): Promise<CommandResult<Stopped>> {
    const { flags } = await this.parse(DevStopCommand);
    const devnet = await openDevnet(this.context, flags.data);
    await devnet.stop();
    const folder = devnetFolder(this.context, flags.data);
    return { summary: { folder }, details: {}, audit: [{ step: "stop devnet", folder }] };
  }

  protected override view({ folder }: Stopped, say: Say): readonly Block[] {
    return [say(texts.stopped, { folder }), { essential: folder }, nextStep(["dev", "start"], say(texts.next))];
  }
}
