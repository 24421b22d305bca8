import { type Block, type CommandResult, formatTime, type Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  findLastRun,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  statusWord,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";
import { describeNext, describeSchedule, isJob } from "./runs.ts";

type Listed = Summary<"jobs list">;

const texts = {
  none: { en: "You have no script that runs and ends.", id: "Anda tidak punya skrip yang berjalan lalu selesai." },
  name: { en: "Name", id: "Nama" },
  last: { en: "Last run", id: "Run terakhir" },
  status: { en: "Status", id: "Status" },
  schedule: { en: "Schedule", id: "Jadwal" },
  next: { en: "Next run", id: "Run berikutnya" },
  run: { en: "{number}, {time}", id: "{number}, {time}" },
} as const;

/** Lists scripts that run once or by a schedule. */
export default class JobsListCommand extends BaseCommand<Listed> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "List your scripts, their last and their next run.",
      id: "Daftar skrip, run terakhir, dan berikutnya.",
    },
    examples: [{ command: "jobs list", text: { en: "All of them.", id: "Semuanya." } }],
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Listed>> {
    const { flags } = await this.parse(JobsListCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const [{ logTimeMs }, deployments] = await Promise.all([
      client.status(this.signal),
      client.deployments.list(this.signal),
    ]);
    const jobs = deployments.filter((deployment) => !deployment.isRemoved && isJob(deployment));
    return { summary: { logTimeMs, jobs }, details: {}, audit: [] };
  }

  protected override view({ jobs }: Listed, say: Say): readonly Block[] {
    if (jobs.length === 0) {
      const next = nextStep(["deploy", "<path>", "--type", "batch", "--schedule", "0 2 * * *"]);
      return [say(texts.none), { essential: "" }, next];
    }
    const rows = jobs.map((job) => {
      const run = findLastRun(job.workloads);
      const last = run === undefined ? "-" : say(texts.run, { number: run.number, time: formatTime(run.submittedMs) });
      const status = run === undefined ? "-" : statusWord(run.status, say);
      return [job.name, status, last, describeSchedule(job, say), describeNext(job, say)];
    });
    const head = [texts.name, texts.status, texts.last, texts.schedule, texts.next].map((title) => say(title));
    return [
      { head, rows },
      { essential: jobs.map(({ name }) => name).join("\n") },
      nextStep(["jobs", "show", "<name>"]),
    ];
  }
}
