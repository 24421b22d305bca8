import { docsOfError, type ErrorSpec, fail, findCandidates, type Language } from "../base/index.ts";
import type { Block, CommandResult, Say } from "../ui/index.ts";
import { BaseCommand, type CommandTexts, commandErrors, nextStep, textArg } from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Explained = Summary<"explain">;
type ExplainedError = Explained["errors"][number];

const texts = {
  todo: { en: "What to do", id: "Yang dapat dilakukan" },
  exit: { en: "Exit code", id: "Kode keluar" },
  status: { en: "HTTP status", id: "Status HTTP" },
  who: { en: "Who can act", id: "Siapa yang dapat bertindak" },
  docs: { en: "More", id: "Selengkapnya" },
  user: { en: "you", id: "Anda" },
  network: { en: "the network", id: "jaringan" },
  peer: { en: "another program on the network, which misbehaves", id: "program lain di jaringan, yang menyimpang" },
  bug: { en: "the authors of dsdn: please report it", id: "pembuat dsdn: mohon laporkan" },
  retry: { en: "trying again can help", id: "mencoba lagi dapat membantu" },
  code: { en: "Code", id: "Kode" },
  message: { en: "What happened", id: "Yang terjadi" },
  next: {
    en: "tells what to do about one",
    id: "menjelaskan cara mengatasinya",
  },
  placeholder: { en: "<code>", id: "<kode>" },
  alike: { en: "all errors with this exit code", id: "semua galat dengan kode keluar ini" },
} as const;

/** Explains an error by its code, or every error of an exit code. */
export default class ExplainCommand extends BaseCommand<Explained> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Explain an error or an exit code.", id: "Jelaskan sebuah galat atau kode keluar." },
    description: {
      en: "Works without a network. Words in angle brackets stand for what a real message names.",
      id: "Bekerja tanpa jaringan. Kata dalam kurung sudut mewakili hal yang disebut pesan sebenarnya.",
    },
    examples: [
      { command: "explain DSDN_CLIENT_TARGET_EXISTS", text: { en: "One error.", id: "Satu galat." } },
      {
        command: "explain 43",
        text: { en: "All errors that exit with 43.", id: "Semua galat dengan kode keluar 43." },
      },
    ],
  };
  static override readonly args = {
    code: textArg({
      required: true,
      text: {
        en: "Code of the error, with or without DSDN_, or an exit code.",
        id: "Kode galat, dengan atau tanpa DSDN_, atau kode keluar.",
      },
    }),
  };

  async run(): Promise<CommandResult<Explained>> {
    const { args } = await this.parse(ExplainCommand);
    const specs = await this.context.listErrors();
    const found = /^\d{1,3}$/.test(args.code) ? ofExit(specs, Number(args.code)) : [ofCode(specs, args.code)];
    const errors = found.map((spec) => toExplained(spec, this.ui.language));
    return { summary: { errors }, details: {}, audit: [] };
  }

  protected override view({ errors }: Explained, say: Say): readonly Block[] {
    const [only, ...others] = errors;
    if (only !== undefined && others.length === 0) return drawOne(only, say);
    return [
      { head: [say(texts.code), say(texts.message)], rows: errors.map(({ code, message }) => [code, message]) },
      { essential: errors.map(({ code }) => code).join("\n") },
      nextStep(["explain", say(texts.placeholder)], say(texts.next)),
    ];
  }
}

function drawOne(error: ExplainedError, say: Say): readonly Block[] {
  const who = error.isRetryable ? `${say(texts[error.kind])} (${say(texts.retry)})` : say(texts[error.kind]);
  return [
    error.code,
    "",
    error.message,
    "",
    {
      pairs: [
        [say(texts.todo), error.hint],
        [say(texts.who), who],
        [say(texts.exit), String(error.exitCode)],
        [say(texts.status), String(error.httpStatus)],
        [say(texts.docs), error.docs_link],
      ],
    },
    { essential: error.hint },
    nextStep(["explain", String(error.exitCode)], say(texts.alike)),
  ];
}

function ofExit(specs: readonly ErrorSpec[], exit: number): readonly ErrorSpec[] {
  const found = specs.filter((spec) => spec.exit === exit);
  if (found.length > 0) return found;
  const known = [...new Set(specs.map((spec) => spec.exit))].sort((left, right) => left - right);
  throw fail(commandErrors.codeUnknown, { code: String(exit), candidates: known.join(", ") });
}

function ofCode(specs: readonly ErrorSpec[], typed: string): ErrorSpec {
  const upper = typed.toUpperCase().replaceAll("-", "_");
  const code = upper.startsWith("DSDN_") ? upper : `DSDN_${upper}`;
  const found = specs.find((spec) => spec.code === code);
  if (found !== undefined) return found;
  const names = specs.map((spec) => spec.code);
  const candidates = findCandidates(names, code);
  const shown = candidates.length > 0 ? candidates : ["docs/en/troubleshooting/index.md"];
  throw fail(commandErrors.codeUnknown, { code: typed.slice(0, 80), candidates: shown.join(", ") });
}

function toExplained(spec: ErrorSpec, language: Language): ExplainedError {
  const { code, kind, exit, httpStatus, isRetryable, text } = spec;
  const [message, hint] = language === "id" ? [text.id, text.idHint] : [text.en, text.enHint];
  const docs_link = docsOfError(code, language);
  return { code, message: plain(message), hint: plain(hint), kind, exitCode: exit, httpStatus, isRetryable, docs_link };
}

/** A slot as help texts write one. */
function plain(text: string): string {
  return text.replace(/\{(\w+)\}/g, "<$1>");
}
