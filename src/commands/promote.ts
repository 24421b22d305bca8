import { type Block, type CommandResult, formatDuration, type Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  deploymentArg,
  findVersion,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  promoteVersion,
  textArg,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Promoted = Summary<"promote">;

const texts = {
  done: {
    en: "Version {version} has the requests of {name}: {url} answered with it after {time}.",
    id: "Versi {version} kini menerima permintaan {name}: {url} menjawab dengannya setelah {time}.",
  },
} as const;

/** Gives the requests of a deployment to a version or preview. */
export default class PromoteCommand extends BaseCommand<Promoted> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Let a preview or any version answer.", id: "Jadikan pratinjau atau versi lain yang menjawab." },
    examples: [
      { command: "promote my-app new-look", text: { en: "A preview by its name.", id: "Pratinjau menurut nama." } },
      { command: "promote my-app 4", text: { en: "A version by its number.", id: "Versi menurut nomor." } },
    ],
  };
  static override readonly args = {
    name: deploymentArg(),
    version: textArg({ required: true, text: { en: "Number or preview.", id: "Nomor atau pratinjau." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Promoted>> {
    const { args, flags } = await this.parse(PromoteCommand);
    const network = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const pick = {
      name: args.name,
      pick: (details: Parameters<typeof findVersion>[0]) => findVersion(details, args.version),
    };
    const summary = await promoteVersion(this.context, network, pick);
    const { from, version, workload } = summary;
    return { summary, details: {}, audit: [{ step: "promote version", from, version, workload }] };
  }

  protected override view({ name, version, url, tookMs }: Promoted, say: Say): readonly Block[] {
    const done = say(texts.done, { name, version, url, time: formatDuration(tookMs) });
    return [done, { essential: url }, nextStep(["rollback", name])];
  }
}
