import { isUtf8 } from "node:buffer";
import { resolve } from "node:path";
import { escapeForTerminal, fail, fromUtf8, readBytes, systemDisk, toUtf8 } from "../base/index.ts";
import { type Block, type CommandResult, formatDuration, type Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  deploymentErrors,
  nameArg,
  openNetwork,
  passphraseFileFlag,
  textArg,
  textFlag,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Answered = Summary<"exec">;

const texts = {
  answered: {
    en: "{status} from version {version} after {time}.",
    id: "{status} dari versi {version} setelah {time}.",
  },
} as const;

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const ANSWER_BYTES = 16 * 1024 * 1024;
/** A field as RFC 9110 section 5 writes it, without line breaks. */
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)$/;

/** Sends one request to a deployment. */
export default class ExecCommand extends BaseCommand<Answered> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Send one request to a deployment.", id: "Kirim satu permintaan ke sebuah deployment." },
    description: {
      en: "The request goes through the ingress by the deployment's own host name, whether that resolves here or not. The body of the answer goes to standard output; -v tells its status. A script is run again with `dsdn jobs rerun`.",
      id: "Permintaan dikirim lewat ingress dengan nama host deployment itu, baik nama itu dikenal di sini maupun tidak. Isi jawaban ditulis ke keluaran standar; -v menampilkan statusnya. Skrip dijalankan lagi dengan `dsdn jobs rerun`.",
    },
    examples: [
      { command: "exec my-app GET /api/hello", text: { en: "Read.", id: "Membaca." } },
      {
        command: `exec my-app POST /api/notes --data '{"text":"hi"}' --header 'content-type: application/json'`,
        text: { en: "Write.", id: "Menulis." },
      },
    ],
  };
  static override readonly args = {
    name: nameArg({ required: true, text: { en: "Name of the deployment.", id: "Nama deployment." } }),
    method: textArg({ required: true, options: METHODS, text: { en: "What to do.", id: "Yang dilakukan." } }),
    target: textArg({ required: true, text: { en: "Path and query.", id: "Path dan query." } }),
  };
  static override readonly flags = {
    data: textFlag({
      text: {
        en: "Body; @file sends a file, - standard input.",
        id: "Isi; @berkas mengirim berkas, - masukan standar.",
      },
    }),
    header: textFlag({ multiple: true, text: { en: "Field, as `name: value`.", id: "Field, seperti `nama: nilai`." } }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Answered> | undefined> {
    const { args, flags } = await this.parse(ExecCommand);
    if (!/^\/[!-~]*$/.test(args.target)) {
      throw fail(commandErrors.valueInvalid, { name: "target", value: args.target, expected: "/path?query" });
    }
    const headers = Object.fromEntries((flags.header ?? []).map(parseHeader));
    const body = flags.data === undefined ? undefined : await this.#readBody(flags.data);
    const { client, ingressUrl } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { signal, clock } = this;
    const deployment = await client.deployments.get(args.name, signal);
    if (deployment.workloads[0]?.mode === "batch") throw fail(deploymentErrors.execScript, { name: args.name });
    const { probeSite } = await import("../client/index.ts");
    const startMs = clock.monotonicMs();
    const request = { method: args.method, path: args.target, headers, body, maxBytes: ANSWER_BYTES, signal };
    const answer = await probeSite(ingressUrl, deployment, request);
    const tookMs = Math.round(clock.monotonicMs() - startMs);
    const version = deployment.workloads.find(({ workload }) => workload === answer.workload)?.number ?? null;
    if (answer.refusal !== undefined) {
      const state = `HTTP ${answer.status} (${answer.refusal})`;
      throw fail(deploymentErrors.deployNotAnswering, { name: args.name, seconds: Math.ceil(tookMs / 1000), state });
    }
    const summary = {
      name: args.name,
      status: answer.status,
      version,
      headers: answer.headers as Answered["headers"],
      text: isUtf8(answer.body) ? fromUtf8(answer.body) : null,
      sizeBytes: answer.body.length,
      tookMs,
    };
    const audit = [
      { step: "send request", method: args.method, target: args.target, workload: answer.workload ?? null },
    ];
    if (this.ui.isJson) return { summary, details: { workload: answer.workload ?? null }, audit };
    this.#tell(summary);
    this.ui.raw(answer.body);
    return undefined;
  }

  #tell({ status, version, headers, tookMs }: Answered): void {
    if (this.ui.level === 0 && status < 400) return;
    const facts = { status, version: version ?? "-", time: formatDuration(tookMs) };
    this.ui.remark(this.ui.say(texts.answered, facts));
    if (this.ui.level < 2) return;
    for (const [name, value] of Object.entries(headers)) this.ui.remark(escapeForTerminal(`${name}: ${value}`));
  }

  async #readBody(data: string): Promise<Uint8Array> {
    if (data === "-") return readBytes(this.ui.input());
    if (!data.startsWith("@")) return toUtf8(data);
    const path = resolve(this.ui.terminal.folder, data.slice(1));
    const bytes = await systemDisk().find(path);
    if (bytes === undefined) throw fail(commandErrors.valueInvalid, { name: "--data", value: data, expected: "@file" });
    return bytes;
  }

  protected override view(summary: Answered, say: Say): readonly Block[] {
    return [
      say(texts.answered, {
        status: summary.status,
        version: summary.version ?? "-",
        time: formatDuration(summary.tookMs),
      }),
    ];
  }
}

function parseHeader(text: string): readonly [string, string] {
  const [, name = "", value = ""] = HEADER.exec(text) ?? [];
  if (name === "" || name.toLowerCase() === "host") {
    throw fail(commandErrors.valueInvalid, { name: "--header", value: text, expected: "name: value" });
  }
  return [name.toLowerCase(), value.trimEnd()];
}
