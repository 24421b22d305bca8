import { docsOfError } from "./error-docs.ts";
import { defineError, type ErrorSpec, escapeForTerminal, type Facts, type Language } from "./error-spec.ts";
import { sayFact } from "./phrases.ts";

/** What a receiver does with a peer that caused the error: drop the message, or score the peer down too. */
export type PeerVerdict = "ignore" | "reject";

interface ErrorOptions {
  readonly cause?: unknown;
  readonly verdict?: PeerVerdict;
}

/** The only error class that is thrown. `message` is the English text with its slots filled. */
export class DsdnError extends Error {
  readonly spec: ErrorSpec;
  readonly facts: Facts;
  readonly verdict: PeerVerdict | undefined;

  constructor(spec: ErrorSpec, facts: Facts, options?: ErrorOptions);
  constructor(spec: ErrorSpec, facts: Facts, options: ErrorOptions = {}) {
    super(
      fill(spec.text.en, { spec, facts }, "en"),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "DsdnError";
    this.spec = spec;
    this.facts = facts;
    this.verdict = options.verdict;
    // What is shown of an error that is printed as it is: its code and facts, not all its texts.
    Object.defineProperties(this, {
      code: { value: spec.code, enumerable: true },
      spec: { enumerable: false },
      verdict: { enumerable: false },
    });
  }

  get code(): string {
    return this.spec.code;
  }

  /** What to do about it, in English. `renderError` has it in both languages. */
  get hint(): string {
    return fill(this.spec.text.enHint, this, "en");
  }

  /** What a program reads of it, wherever it meets it. */
  toJSON(): ErrorJson {
    return toErrorJson(this, "en");
  }
}

/** Builds an error whose facts are checked against the slots of its texts. Extra facts are welcome. */
export function fail<F extends Facts>(spec: ErrorSpec<F>, facts: F & Facts, options?: ErrorOptions): DsdnError {
  return new DsdnError(spec, facts, options);
}

/** True when `error` is a DsdnError of this spec (compared by code, so a rebuilt error matches too). */
export function isError(error: unknown, spec: ErrorSpec): error is DsdnError {
  return error instanceof DsdnError && error.spec.code === spec.code;
}

export interface RenderedError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The message and the hint of an error in the asked language, slots filled. */
export function renderError(error: DsdnError, language: Language): RenderedError {
  const text = error.spec.text;
  const [message, hint] = language === "id" ? [text.id, text.idHint] : [text.en, text.enHint];
  return { code: error.code, message: fill(message, error, language), hint: fill(hint, error, language) };
}

/** A sentence whose slot is empty is left out: "Did you mean: {candidates}?" is only said when there are some. */
function fill(template: string, { spec, facts }: Pick<DsdnError, "spec" | "facts">, language: Language): string {
  const isEmpty = (sentence: string) =>
    [...sentence.matchAll(/\{(\w+)\}/g)].some(([, name = ""]) => facts[name] === "");
  const said = template
    .split(/(?<=[.?!]) /)
    .filter((sentence) => !isEmpty(sentence))
    .join(" ");
  return said.replace(/\{(\w+)\}/g, (slot, name: string) => {
    const value = facts[name];
    if (value === undefined) return slot;
    return escapeForTerminal(spec.quotes?.includes(name) ? String(value) : sayFact(name, value, language));
  });
}

const BUG = defineError({
  code: "DSDN_BASE_BUG",
  kind: "bug",
  exit: 1,
  httpStatus: 500,
  text: {
    en: "dsdn met a situation its authors did not foresee ({what}).",
    enHint: "Nothing was lost. Run the command again with -vvv and report what it prints.",
    id: "dsdn menemui keadaan yang belum diperkirakan pembuatnya ({what}).",
    idHint: "Tidak ada data yang hilang. Jalankan lagi dengan -vvv dan laporkan hasilnya.",
  },
});

/** The error itself when it is ours; otherwise a DSDN_BASE_BUG that keeps it as its cause and hides its text. */
export function toDsdnError(error: unknown): DsdnError {
  if (error instanceof DsdnError) return error;
  const what = error instanceof Error ? error.constructor.name : typeof error;
  return fail(BUG, { what }, { cause: error });
}

/**
 * The one shape in which a program meets an error: under `--json`, in the body of an HTTP answer, and as the text of a
 * `DsdnError` in the library. `message` and `hint` are in the language asked for; both languages stand beside them.
 */
export interface ErrorJson {
  readonly code: string;
  /** What happened, in the language asked for. */
  readonly message: string;
  /** What to do, in the language asked for. */
  readonly hint: string;
  readonly message_id: string;
  readonly message_en: string;
  readonly suggestion_id: string;
  readonly suggestion_en: string;
  /** Where the error is explained, relative to the project's documentation. */
  readonly docs_link: string;
  /** The exit code of a program that ends with it. */
  readonly exitCode: number;
  readonly facts: Facts;
  /** The errors underneath, nearest first. */
  readonly causes: readonly ErrorCause[];
}

/** One error underneath another. Of a foreign error only the class and the system's code are told. */
export interface ErrorCause {
  readonly code: string;
  readonly message: string;
}

const CAUSES_TOLD = 8;

/** The error as programs read it. @param language - of `message`, `hint`, the causes and the page of the docs. */
export function toErrorJson(error: DsdnError, language: Language): ErrorJson {
  const [english, indonesian] = [renderError(error, "en"), renderError(error, "id")];
  const { code, message, hint } = language === "id" ? indonesian : english;
  return {
    code,
    message,
    hint,
    message_id: indonesian.message,
    message_en: english.message,
    suggestion_id: indonesian.hint,
    suggestion_en: english.hint,
    docs_link: docsOfError(code, language),
    exitCode: error.spec.exit,
    facts: error.facts,
    causes: causesOf(error, language),
  };
}

/** The errors underneath, nearest first. */
export function causesOf(error: DsdnError, language: Language): ErrorCause[] {
  const causes: ErrorCause[] = [];
  let cause: unknown = error.cause;
  while (cause !== undefined && causes.length < CAUSES_TOLD) {
    causes.push(tellCause(cause, language));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

// The text of a foreign error may quote its input, so only its class and system code are told.
function tellCause(cause: unknown, language: Language): ErrorCause {
  if (cause instanceof DsdnError) {
    const { code, message } = renderError(cause, language);
    return { code, message };
  }
  if (!(cause instanceof Error)) return { code: "UNKNOWN", message: typeof cause };
  const code = (cause as NodeJS.ErrnoException).code;
  return {
    code: typeof code === "string" ? escapeForTerminal(code) : "UNKNOWN",
    message: escapeForTerminal(cause.name),
  };
}
