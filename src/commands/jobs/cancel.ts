import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  cancelEach,
  nameArg,
  nextStep,
  numberFlag,
  openNetwork,
  passphraseFileFlag,
  switchFlag,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";
import { getJob, getRun, listActive } from "./runs.ts";

type Cancelled = Summary<"jobs cancel">;

const texts = {
  cancelling: { en: "Ending {name}", id: "Mengakhiri {name}" },
  runs: { en: "Ended run {runs} of {name}.", id: "Run {runs} dari {name} diakhiri." },
  none: { en: "No run of {name} goes on.", id: "Tidak ada run {name} yang sedang berjalan." },
  ended: { en: "{name} no longer runs by a schedule.", id: "{name} tidak lagi berjalan menurut jadwal." },
  later: { en: "It takes effect once the log has the request.", id: "Berlaku setelah log menerima permintaannya." },
} as const;

/** Ends runs of a script, or its schedule. */
export default class JobsCancelCommand extends BaseCommand<Cancelled> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "End a script's run that goes on, or its schedule.",
      id: "Akhiri run skrip yang berjalan, atau jadwalnya.",
    },
    examples: [
      { command: "jobs cancel nightly", text: { en: "What runs now.", id: "Yang berjalan sekarang." } },
      { command: "jobs cancel nightly --schedule", text: { en: "The schedule too.", id: "Jadwalnya juga." } },
    ],
  };
  static override readonly args = {
    name: nameArg({ required: true, text: { en: "Name of the script.", id: "Nama skrip." } }),
  };
  static override readonly flags = {
    run: numberFlag({
      min: 1,
      text: { en: "This run; all that go on unless said.", id: "Run ini; semua yang berjalan bila tak disebut." },
    }),
    schedule: switchFlag({
      text: {
        en: "End the schedule too: nothing starts by itself.",
        id: "Akhiri jadwalnya juga: tidak ada yang dimulai sendiri.",
      },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Cancelled>> {
    const { args, flags } = await this.parse(JobsCancelCommand);
    const { name } = args;
    const { signal } = this;
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const job = await getJob(client, name, signal);
    const active = listActive(job);
    const wanted = flags.run === undefined ? active : [getRun(job, flags.run)].filter((run) => active.includes(run));
    const isScheduleEnded = flags.schedule === true && job.job !== null;
    const { ended, isDone } = await this.ui.progress.run(this.ui.say(texts.cancelling, { name }), async () => {
      // The schedule first, so that it starts nothing in between.
      const schedule = isScheduleEnded ? await client.deployments.endSchedule(name, signal) : { isDone: true };
      const cancelled = await cancelEach(client, wanted, signal);
      return { ...cancelled, isDone: schedule.isDone && cancelled.isDone };
    });
    const runs = ended.map(({ number }) => number);
    return { summary: { name, runs, isScheduleEnded, isDone }, details: {}, audit: [{ step: "end runs", name, runs }] };
  }

  protected override view({ name, runs, isScheduleEnded, isDone }: Cancelled, say: Say): readonly Block[] {
    const ended = runs.length === 0 ? say(texts.none, { name }) : say(texts.runs, { name, runs: runs.join(", ") });
    return [
      ended,
      ...(isScheduleEnded ? [say(texts.ended, { name })] : []),
      ...(isDone ? [] : [say(texts.later)]),
      { essential: runs.join("\n") },
      nextStep(["jobs", "show", name]),
    ];
  }
}
