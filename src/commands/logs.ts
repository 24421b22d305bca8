import { fail, sayPhrase } from "../base/index.ts";
import type { Client } from "../client/index.ts";
import { formatTime } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  deploymentArg,
  findLastRun,
  getDeployment,
  numberFlag,
  openNetwork,
  parseDuration,
  passphraseFileFlag,
  switchFlag,
  textFlag,
} from "./framework/index.ts";

/** Prints what a deployment wrote. */
export default class LogsCommand extends BaseCommand {
  static override readonly texts: CommandTexts = {
    summary: { en: "Print what a deployment wrote.", id: "Cetak keluaran sebuah deployment." },
    description: {
      en: "Requests it answered are among the lines. The node that runs it keeps the newest lines only.",
      id: "Permintaan yang dijawab termasuk di dalamnya. Node yang menjalankannya hanya menyimpan baris terbaru.",
    },
    examples: [
      { command: "logs my-app -f", text: { en: "Follow it.", id: "Ikuti terus." } },
      {
        command: "logs my-app --since 10m --level error",
        text: { en: "What went wrong lately.", id: "Yang gagal belakangan ini." },
      },
      { command: "logs my-app --json", text: { en: "One JSON document a line.", id: "Satu dokumen JSON per baris." } },
    ],
  };
  static override readonly args = {
    name: deploymentArg(),
  };
  static override readonly flags = {
    follow: switchFlag({ char: "f", text: { en: "Go on as lines come.", id: "Terus tampilkan baris baru." } }),
    number: numberFlag({
      min: 1,
      text: { en: "Version or run; the newest unless said.", id: "Versi atau run; yang terbaru bila tak disebut." },
    }),
    since: textFlag({
      text: {
        en: "Only lines since then: a duration such as 10m, or a time such as 2026-11-21T08:00:00Z.",
        id: "Hanya baris sejak itu: durasi seperti 10m, atau waktu seperti 2026-11-21T08:00:00Z.",
      },
    }),
    level: textFlag({
      options: ["error", "info", "all"],
      default: "all",
      text: {
        en: "error: what the program wrote to standard error and requests it failed; info: all the program wrote.",
        id: "error: yang ditulis program ke galat standar dan permintaan yang gagal; info: semua tulisan program.",
      },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<undefined> {
    const { args, flags } = await this.parse(LogsCommand);
    const sinceMs = flags.since === undefined ? 0 : this.#parseSince(flags.since);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { signal } = this;
    const { workloads, current } = await getDeployment(client, args.name, signal);
    const wanted =
      flags.number === undefined
        ? (workloads.find(({ status }) => status === "assigned" || status === "running") ??
          workloads.find(({ workload, mode }) => workload === current && mode === "service") ??
          findLastRun(workloads))
        : workloads.find(({ number }) => number === flags.number);
    if (wanted === undefined) {
      const numbers = workloads.map(({ number }) => number).join(", ");
      throw fail(commandErrors.valueInvalid, {
        name: "--number",
        value: String(flags.number ?? ""),
        expected: numbers === "" ? "-" : numbers,
      });
    }
    try {
      const lines = client.deployments.logs(wanted.workload, { follow: flags.follow, signal });
      for await (const line of lines) {
        if (line.timeMs >= sinceMs && isAtLevel(line, flags.level)) this.#print(line, wanted.number);
      }
    } catch (error) {
      // Ctrl-C is how following ends.
      if (!flags.follow || !signal.aborted) throw error;
    }
    return undefined;
  }

  /** Milliseconds since 1970 by this machine's clock. */
  #parseSince(value: string): number {
    const isTime = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(value);
    const timeMs = isTime ? Date.parse(value) : this.clock.nowMs() - parseDuration("--since", value);
    if (Number.isNaN(timeMs)) {
      throw fail(commandErrors.valueInvalid, { name: "--since", value, expected: "10m, 2026-11-21T08:00:00Z" });
    }
    return timeMs;
  }

  #print({ timeMs, stream, requestId, text }: LogLine, version: number): void {
    // What a node notes is said in the user's language; what the program wrote is shown as it is.
    const said = stream === "system" ? sayPhrase(text, this.ui.language) : text;
    const words = [formatTime(timeMs), stream.padEnd(6), ...(requestId === "" ? [] : [requestId]), said];
    this.ui.item({ timeMs, stream, requestId, text, version }, words.join(" "));
  }
}

type LogLine = ReturnType<Client["deployments"]["logs"]> extends AsyncGenerator<infer Line> ? Line : never;

/** A node words an answered request `GET /path 200 12 ms`, and its own errors with their code. */
function isAtLevel({ stream, text }: LogLine, level: string): boolean {
  if (level === "all") return true;
  if (level === "info") return stream !== "system";
  return (
    stream === "stderr" || (stream === "system" && (/^[A-Z]+ \S+ 5\d\d /.test(text) || /^DSDN_[A-Z_]+:/.test(text)))
  );
}
