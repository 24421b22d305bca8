import { type Block, type CommandResult, formatTime, type Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  describeUnplaced,
  findLastRun,
  nameArg,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  statusWord,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";
import { describeNext, describeSchedule, getJob } from "./runs.ts";

type Shown = Summary<"jobs show">;

const texts = {
  name: { en: "Name", id: "Nama" },
  schedule: { en: "Schedule", id: "Jadwal" },
  next: { en: "Next run", id: "Run berikutnya" },
  overlap: { en: "While one runs", id: "Saat run lain berjalan" },
  skip: { en: "the next one is skipped", id: "run berikutnya dilewati" },
  queue: { en: "the next one waits", id: "run berikutnya menunggu" },
  replace: { en: "the next one takes its place", id: "run berikutnya menggantikannya" },
  missed: { en: "When missed", id: "Bila terlewat" },
  "run-once": { en: "one run makes up for all that were missed", id: "satu run menggantikan semua yang terlewat" },
  "missed-skip": { en: "nothing runs until the next time", id: "tidak ada run sampai waktu berikutnya" },
  skipped: { en: "Skipped so far", id: "Dilewati sejauh ini" },
  known: { en: "Time zone known until", id: "Zona waktu diketahui sampai" },
  run: { en: "Run", id: "Run" },
  status: { en: "Status", id: "Status" },
  node: { en: "Node", id: "Node" },
  since: { en: "Started", id: "Dimulai" },
  remark: { en: "Remark", id: "Catatan" },
  output: { en: "output {object}", id: "keluaran {object}" },
} as const;

/** Shows a script's schedule and its runs. */
export default class JobsShowCommand extends BaseCommand<Shown> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Show a script's schedule and its runs.", id: "Tampilkan jadwal sebuah skrip dan run-nya." },
    examples: [{ command: "jobs show nightly", text: { en: "By name.", id: "Menurut nama." } }],
  };
  static override readonly args = {
    name: nameArg({ required: true, text: { en: "Name of the script.", id: "Nama skrip." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Shown>> {
    const { args, flags } = await this.parse(JobsShowCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    return { summary: { job: await getJob(client, args.name, this.signal) }, details: {}, audit: [] };
  }

  protected override view({ job }: Shown, say: Say): readonly Block[] {
    const { name, workloads } = job;
    const facts: (readonly [string, string])[] = [[say(texts.name), name]];
    facts.push([say(texts.schedule), describeSchedule(job, say)]);
    if (job.job !== null) {
      const { overlap, missed, skipped, knownUntilMs } = job.job;
      facts.push([say(texts.next), describeNext(job, say)]);
      facts.push([say(texts.overlap), say(texts[overlap])]);
      facts.push([say(texts.missed), say(missed === "skip" ? texts["missed-skip"] : texts[missed])]);
      facts.push([say(texts.skipped), String(skipped)], [say(texts.known), formatTime(knownUntilMs)]);
    }
    const rows = workloads.map((run) => {
      const away = run.placement === null ? "" : describeUnplaced(run.placement, say);
      const output = run.output === null ? "" : say(texts.output, { object: run.output });
      const remark = [away, run.reason, output].filter((part) => part !== "").join("; ");
      const node = run.node?.slice(0, 12) ?? "-";
      return [String(run.number), statusWord(run.status, say), node, formatTime(run.submittedMs), remark];
    });
    const head = [texts.run, texts.status, texts.node, texts.since, texts.remark].map((title) => say(title));
    return [
      { pairs: facts },
      ...(rows.length === 0 ? [] : ["", { head, rows }]),
      { essential: findLastRun(workloads)?.status ?? "" },
      nextStep(["logs", name]),
    ];
  }
}
