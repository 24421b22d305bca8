import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  nameArg,
  nextStep,
  numberFlag,
  openNetwork,
  passphraseFileFlag,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";
import { getJob, getRun } from "./runs.ts";

type Rerun = Summary<"jobs rerun">;

const texts = {
  starting: { en: "Starting {name} again", id: "Memulai lagi {name}" },
  done: {
    en: "Run {run} of {name} has the package, the arguments and the input of run {of}.",
    id: "Run {run} dari {name} memakai paket, argumen, dan masukan run {of}.",
  },
} as const;

/** Runs a script once more. */
export default class JobsRerunCommand extends BaseCommand<Rerun> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Run a script again with the same package, arguments and input.",
      id: "Jalankan lagi skrip dengan paket, argumen, dan masukan yang sama.",
    },
    examples: [
      { command: "jobs rerun count", text: { en: "The newest run.", id: "Run terbaru." } },
      { command: "jobs rerun count --run 2", text: { en: "An earlier one.", id: "Yang lebih lama." } },
    ],
  };
  static override readonly args = {
    name: nameArg({ required: true, text: { en: "Name of the script.", id: "Nama skrip." } }),
  };
  static override readonly flags = {
    run: numberFlag({
      min: 1,
      text: { en: "Run to repeat; the newest unless said.", id: "Run yang diulang; yang terbaru bila tak disebut." },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Rerun>> {
    const { args, flags } = await this.parse(JobsRerunCommand);
    const { name } = args;
    const { signal } = this;
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const of = getRun(await getJob(client, name, signal), flags.run);
    const title = this.ui.say(texts.starting, { name });
    const row = await this.ui.progress.run(title, async () => {
      const { workload } = await client.settings.renew(name, of.workload, signal);
      return client.deployments.workload(workload ?? of.workload, signal);
    });
    const { number: run, workload, status } = row;
    const summary = { name, of: of.number, run, workload, status };
    return { summary, details: {}, audit: [{ step: "submit again", of: of.workload, workload }] };
  }

  protected override view({ name, run, of }: Rerun, say: Say): readonly Block[] {
    return [say(texts.done, { name, run, of }), { essential: String(run) }, nextStep(["jobs", "show", name])];
  }
}
