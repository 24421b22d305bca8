import { DsdnError, type ErrorJson, toErrorJson } from "./dsdn-error.ts";
import type { ErrorKind, ErrorSpec, Facts, Language } from "./error-spec.ts";

/** An error as it crosses HTTP: RFC 9457 problem details, and what a program reads of the error everywhere. */
export interface Problem extends ErrorJson {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly kind: ErrorKind;
  readonly retryable: boolean;
}

/** The problem+json body of an error. @param language - what the asking side reads. @source RFC 9457 section 3 */
export function toProblem(error: DsdnError, language: Language = "en"): Problem {
  const { spec } = error;
  const json = toErrorJson(error, language);
  return {
    type: `urn:dsdn:error:${spec.code}`,
    title: json.message,
    status: spec.httpStatus,
    detail: json.hint,
    kind: spec.kind,
    retryable: spec.isRetryable,
    ...json,
  };
}

/**
 * The language an `accept-language` field wishes: Indonesian when it comes before English, English otherwise.
 *
 * @source RFC 9110 section 12.5.4; weights are not compared, as browsers send them falling.
 */
export function languageOf(field: string | undefined): Language {
  const [first] = /\b(?:en|id|in)\b/i.exec((field ?? "").slice(0, 200)) ?? ["en"];
  return first.toLowerCase() === "en" ? "en" : "id";
}

const KINDS: readonly string[] = ["user", "network", "peer", "bug"];
const TEXT_CHARACTERS = 4000;

/** The error a problem+json body stands for, or undefined when the body is not one of ours. Never throws. */
export function findProblem(body: unknown): DsdnError | undefined {
  if (!isRecord(body)) return undefined;
  const { code, kind, status, exitCode, retryable, facts } = body;
  if (typeof code !== "string" || !/^DSDN_[A-Z0-9_]{2,60}$/.test(code)) return undefined;
  if (typeof kind !== "string" || !KINDS.includes(kind)) return undefined;
  if (typeof body["message_en"] !== "string") return undefined;
  if (typeof status !== "number" || typeof exitCode !== "number") return undefined;
  const textOf = (name: string) => {
    const text = body[name];
    return typeof text === "string" ? text.slice(0, TEXT_CHARACTERS) : "";
  };
  const spec: ErrorSpec = {
    code,
    kind: kind as ErrorKind,
    exit: exitCode,
    httpStatus: status,
    isRetryable: retryable === true,
    // Their slots are filled: the side that answered knew the facts.
    text: {
      en: textOf("message_en"),
      enHint: textOf("suggestion_en"),
      id: textOf("message_id"),
      idHint: textOf("suggestion_id"),
    },
  };
  return new DsdnError(spec, isRecord(facts) ? cleanFacts(facts) : {});
}

function cleanFacts(facts: Record<string, unknown>): Facts {
  const clean: Record<string, Facts[string]> = {};
  for (const [name, value] of Object.entries(facts).slice(0, 50)) {
    if (typeof value === "number" || typeof value === "boolean") clean[name] = value;
    else if (typeof value === "string") clean[name] = value.slice(0, 2000);
    else if (Array.isArray(value)) clean[name] = value.slice(0, 200).map((item) => JSON.stringify(item).slice(0, 500));
  }
  return clean;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
