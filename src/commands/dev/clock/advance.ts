import type { Block, CommandResult, Say } from "../../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  devnetFolderFlag,
  nextStep,
  openDevnet,
  textArg,
} from "../../framework/index.ts";
import type { Summary } from "../../framework/schemas/index.ts";
import { parseDuration } from "../../framework/values.ts";

type Advanced = Summary<"dev clock advance">;

const texts = {
  moved: {
    en: "Log time moved forward by {by}; the log is at height {height}.",
    id: "Waktu log maju {by}; log di ketinggian {height}.",
  },
} as const;

/** Moves the devnet's log time forward. */
export default class DevClockAdvanceCommand extends BaseCommand<Advanced> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Move the devnet's log time forward.", id: "Majukan waktu log devnet." },
    examples: [
      {
        command: "dev clock advance 8d",
        text: { en: "See what expires in eight days.", id: "Lihat apa yang kedaluwarsa dalam delapan hari." },
      },
    ],
  };
  static override readonly args = {
    duration: textArg({ required: true, text: { en: "How far: 30s, 2h, 8d.", id: "Seberapa jauh: 30s, 2h, 8d." } }),
  };
  static override readonly flags = { data: devnetFolderFlag };

  async run(): Promise<CommandResult<Advanced>> {
    const { args, flags } = await this.parse(DevClockAdvanceCommand);
    const advancedMs = parseDuration("<duration>", args.duration);
    const devnet = await openDevnet(this.context, flags.data);
    const { height } = await devnet.advanceClock(advancedMs);
    return { summary: { advancedMs, height }, details: {}, audit: [{ step: "advance clock", advancedMs }] };
  }

  protected override view({ advancedMs, height }: Advanced, say: Say): readonly Block[] {
    return [
      say(texts.moved, { by: `${advancedMs / 1000} s`, height }),
      { essential: String(height) },
      nextStep(["dev", "status"]),
    ];
  }
}
