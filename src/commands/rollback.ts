import { type Block, type CommandResult, formatDuration, type Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  deploymentArg,
  findVersion,
  nextStep,
  noEarlierVersion,
  numberFlag,
  openNetwork,
  passphraseFileFlag,
  promoteVersion,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Promoted = Summary<"rollback">;

const texts = {
  done: {
    en: "{name} is back at version {version}: {url} answered with it after {time}.",
    id: "{name} kembali ke versi {version}: {url} menjawab dengannya setelah {time}.",
  },
} as const;

/** Gives the requests of a deployment back to an earlier version. */
export default class RollbackCommand extends BaseCommand<Promoted> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Go back to an earlier version.", id: "Kembali ke versi sebelumnya." },
    description: {
      en: "The earlier version runs again from its stored package, with the values and secrets it had. The newer one goes on answering until it does.",
      id: "Versi sebelumnya berjalan lagi dari paketnya yang tersimpan, dengan nilai dan rahasia yang dimilikinya. Versi yang lebih baru tetap menjawab sampai saat itu.",
    },
    examples: [
      { command: "rollback my-app", text: { en: "To the version before.", id: "Ke versi sebelumnya." } },
      { command: "rollback my-app --to 3", text: { en: "To a version by its number.", id: "Ke versi tertentu." } },
    ],
  };
  static override readonly args = {
    name: deploymentArg(),
  };
  static override readonly flags = {
    to: numberFlag({
      min: 1,
      text: { en: "Version; the one before unless said.", id: "Versi; yang sebelumnya bila tak disebut." },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Promoted>> {
    const { args, flags } = await this.parse(RollbackCommand);
    const network = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const summary = await promoteVersion(this.context, network, {
      name: args.name,
      pick: (details, serving) => {
        if (flags.to !== undefined) return findVersion(details, String(flags.to));
        // What never ran, was refused, or is a preview nobody promoted, is nothing to go back to.
        const earlier = details.workloads.find(
          ({ number, turn, status }) =>
            turn > 0 && number < (serving?.number ?? 0) && status !== "failed" && status !== "refused",
        );
        if (earlier === undefined && details.workloads[0]?.mode !== "batch") throw noEarlierVersion(details);
        return earlier;
      },
    });
    const { from, version, workload } = summary;
    return { summary, details: {}, audit: [{ step: "promote version", from, version, workload }] };
  }

  protected override view({ name, version, url, tookMs }: Promoted, say: Say): readonly Block[] {
    const done = say(texts.done, { name, version, url, time: formatDuration(tookMs) });
    return [done, { essential: url }, nextStep(["versions", name])];
  }
}
