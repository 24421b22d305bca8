import { fail } from "../base/index.ts";
import type { Client } from "../client/index.ts";
import { formatTime } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  nameArg,
  numberFlag,
  openNetwork,
  passphraseFileFlag,
  switchFlag,
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
      { command: "logs my-app --json", text: { en: "One JSON document a line.", id: "Satu dokumen JSON per baris." } },
    ],
  };
  static override readonly args = {
    name: nameArg({ required: true, text: { en: "Name of the deployment.", id: "Nama deployment." } }),
  };
  static override readonly flags = {
    follow: switchFlag({ char: "f", text: { en: "Go on as lines come.", id: "Terus tampilkan baris baru." } }),
    number: numberFlag({
      min: 1,
      text: { en: "Version or run; the newest unless said.", id: "Versi atau run; yang terbaru bila tak disebut." },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<undefined> {
    const { args, flags } = await this.parse(LogsCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { signal } = this;
    const { workloads, current } = await client.deployments.get(args.name, signal);
    const wanted =
      flags.number === undefined
        ? (workloads.find(({ status }) => status === "assigned" || status === "running") ??
          workloads.find(({ workload }) => workload === current) ??
          workloads[0])
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
      await this.#print(client.deployments.logs(wanted.workload, { follow: flags.follow, signal }), wanted.number);
    } catch (error) {
      // Ctrl-C is how following ends.
      if (!flags.follow || !signal.aborted) throw error;
    }
    return undefined;
  }

  async #print(lines: ReturnType<Client["deployments"]["logs"]>, version: number): Promise<void> {
    for await (const line of lines) {
      const { timeMs, stream, requestId, text } = line;
      const words = [formatTime(timeMs), stream.padEnd(6), ...(requestId === "" ? [] : [requestId]), text];
      this.ui.item({ timeMs, stream, requestId, text, version }, words.join(" "));
    }
  }
}
