import { isUtf8 } from "node:buffer";
import { resolve } from "node:path";
import { escapeForTerminal, fail, fromUtf8, readBytes, systemDisk, toUtf8 } from "../base/index.ts";
import type { UploadInput } from "../client/index.ts";
import { type Block, type CommandResult, formatDuration, type Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  deploymentArg,
  deploymentErrors,
  getDeployment,
  type OpenNetwork,
  openNetwork,
  passphraseFileFlag,
  runScript,
  showScriptRun,
  textArg,
  textFlag,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Executed = Summary<"exec">;
type Ran = Extract<Executed, { readonly run: number }>;
type Answered = Exclude<Executed, Ran>;

const texts = {
  answered: {
    en: "{status} from version {version} after {time}.",
    id: "{status} dari versi {version} setelah {time}.",
  },
  ran: {
    en: "Run {run} of {name} ended with exit code {code} after {time}.",
    id: "Run {run} dari {name} berakhir dengan kode keluar {code} setelah {time}.",
  },
} as const;

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const ANSWER_BYTES = 16 * 1024 * 1024;
/** A field as RFC 9110 section 5 writes it, without line breaks. */
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)$/;

/** Sends one request to a deployment, or runs a script with arguments. */
export default class ExecCommand extends BaseCommand<Executed> {
  static override readonly strict = false;
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Send one request to a deployment, or run a script with arguments.",
      id: "Kirim satu permintaan ke sebuah deployment, atau jalankan skrip dengan argumen.",
    },
    description: {
      en: "A request goes through the ingress by the deployment's own host name, whether that resolves here or not; the body of the answer goes to standard output, -v tells its status. A script is run once as it was last deployed, with the arguments after --; its output goes to standard output, its log to standard error, and exit code 3 means that the program ended with another than 0. Arguments of a public script stand on the log for everybody to read.",
      id: "Permintaan dikirim lewat ingress dengan nama host deployment itu, baik nama itu dikenal di sini maupun tidak; isi jawaban ditulis ke keluaran standar, -v menampilkan statusnya. Skrip dijalankan sekali seperti terakhir di-deploy, dengan argumen setelah --; keluarannya ditulis ke keluaran standar, lognya ke galat standar, dan kode keluar 3 berarti program berakhir dengan kode selain 0. Argumen skrip publik tercatat di log dan terbaca siapa saja.",
    },
    examples: [
      { command: "exec my-app GET /api/hello", text: { en: "Read.", id: "Membaca." } },
      {
        command: `exec my-app POST /api/notes --data '{"text":"hi"}' --header 'content-type: application/json'`,
        text: { en: "Write.", id: "Menulis." },
      },
      {
        command: "exec count --data @words.txt -- --top 5",
        text: { en: "Run a script.", id: "Menjalankan skrip." },
      },
    ],
  };
  static override readonly args = {
    name: deploymentArg(),
    words: textArg({
      text: {
        en: "Method, then path and query; for a script its arguments, after --.",
        id: "Metode, lalu path dan query; untuk skrip argumennya, setelah --.",
      },
    }),
  };
  static override readonly flags = {
    data: textFlag({
      text: {
        en: "Body, or a script's standard input in place of what it was deployed with; @file sends a file, - standard input.",
        id: "Isi, atau masukan standar skrip sebagai ganti yang ikut di-deploy; @berkas mengirim berkas, - masukan standar.",
      },
    }),
    header: textFlag({
      multiple: true,
      text: { en: "Field, as `name: value`.", id: "Header, seperti `nama: nilai`." },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Executed> | undefined> {
    const { args, flags, argv } = await this.parse(ExecCommand);
    const { name } = args;
    const words = argv.slice(1).map(String);
    const headers = Object.fromEntries((flags.header ?? []).map(parseHeader));
    const network = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const deployment = await getDeployment(network.client, name, this.signal);
    const isScript = deployment.job !== null || deployment.workloads[0]?.mode === "batch";
    const { data } = flags;
    if (!isScript) {
      const body = data === undefined ? undefined : await this.#readData(data);
      return this.#send(network, deployment, { words, headers, body });
    }
    // `exec count GET /` was meant for something else.
    const isSeparated = this.argv.includes("--");
    if ((words.length > 0 && !isSeparated) || flags.header !== undefined)
      throw fail(deploymentErrors.execScript, { name });
    const stdin = data === undefined ? undefined : this.#inputOf(data);
    return this.#run(network, { name, args: isSeparated ? words : undefined, stdin });
  }

  async #run(
    network: OpenNetwork,
    wish: Parameters<typeof runScript>[2],
  ): Promise<CommandResult<Executed> | undefined> {
    const { clock, ui } = this;
    const startMs = clock.monotonicMs();
    const ended = await runScript(this.context, network, wish);
    const tookMs = Math.round(clock.monotonicMs() - startMs);
    if (ended.exitCode !== 0) this.exitCode = 3;
    const isEndTold = ended.exitCode !== 0 || ui.level > 0;
    const shown = { ...ended, streams: ["stdout", "stderr"], isEndTold } as const;
    const output = await showScriptRun(this.context, network, shown);
    if (output === undefined) return undefined;
    const audit = [{ step: "submit", workload: ended.workload, run: ended.run }];
    return { summary: { ...ended, output, tookMs }, details: {}, audit };
  }

  async #send(
    { ingressUrl }: OpenNetwork,
    deployment: Awaited<ReturnType<OpenNetwork["client"]["deployments"]["get"]>>,
    { words, headers, body }: Sent,
  ): Promise<CommandResult<Executed> | undefined> {
    const [method = "", target = "", ...more] = words;
    if (!METHODS.includes(method)) throw invalid("method", method, METHODS.join(", "));
    if (!/^\/[!-~]*$/.test(target)) throw invalid("target", target, "/path?query");
    if (more.length > 0) throw invalid("target", more.join(" "), "METHOD /path?query");
    const { signal, clock } = this;
    const { name } = deployment;
    const { probeSite } = await import("../client/index.ts");
    const startMs = clock.monotonicMs();
    const request = { method, path: target, headers, body, maxBytes: ANSWER_BYTES, signal };
    const answer = await probeSite(ingressUrl, deployment, request);
    const tookMs = Math.round(clock.monotonicMs() - startMs);
    const version = deployment.workloads.find(({ workload }) => workload === answer.workload)?.number ?? null;
    if (answer.refusal !== undefined) {
      const state = `HTTP ${answer.status} (${answer.refusal})`;
      throw fail(deploymentErrors.deployNotAnswering, { name, seconds: Math.ceil(tookMs / 1000), state });
    }
    const summary = {
      name,
      status: answer.status,
      version,
      headers: answer.headers as Answered["headers"],
      text: isUtf8(answer.body) ? fromUtf8(answer.body) : null,
      sizeBytes: answer.body.length,
      tookMs,
    };
    const audit = [{ step: "send request", method, target, workload: answer.workload ?? null }];
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

  /** What a script reads need not lie in memory first. */
  #inputOf(data: string): UploadInput {
    const { terminal } = this.ui;
    if (data === "-") return { stream: terminal.input(this.signal), fileName: "stdin" };
    if (data.startsWith("@")) return { paths: [resolve(terminal.folder, data.slice(1))] };
    return { files: [{ path: "stdin", bytes: toUtf8(data) }] };
  }

  async #readData(data: string): Promise<Uint8Array> {
    if (data === "-") return readBytes(this.ui.input());
    if (!data.startsWith("@")) return toUtf8(data);
    const path = resolve(this.ui.terminal.folder, data.slice(1));
    const bytes = await systemDisk().find(path);
    if (bytes === undefined) throw invalid("--data", data, "@file");
    return bytes;
  }

  protected override view(summary: Executed, say: Say): readonly Block[] {
    const time = formatDuration(summary.tookMs);
    if ("run" in summary) {
      const { run, name, exitCode: code } = summary;
      return [say(texts.ran, { run, name, code, time })];
    }
    return [say(texts.answered, { status: summary.status, version: summary.version ?? "-", time })];
  }
}

interface Sent {
  readonly words: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

function invalid(name: string, value: string, expected: string) {
  return fail(commandErrors.valueInvalid, { name, value, expected });
}

function parseHeader(text: string): readonly [string, string] {
  const [, name = "", value = ""] = HEADER.exec(text) ?? [];
  if (name === "" || name.toLowerCase() === "host") {
    throw invalid("--header", text, "name: value");
  }
  return [name.toLowerCase(), value.trimEnd()];
}
