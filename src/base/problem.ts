import { DsdnError, type ErrorKind, type ErrorSpec, type Facts } from "./dsdn-error.ts";

/** An error as it crosses HTTP: RFC 9457 problem details with the DSDN code, the facts and both languages. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly kind: ErrorKind;
  readonly exitCode: number;
  readonly retryable: boolean;
  readonly facts: Facts;
  readonly text: { readonly en: string; readonly enHint: string; readonly id: string; readonly idHint: string };
}

/** The problem+json body of an error. @source RFC 9457 section 3 */
export function toProblem(error: DsdnError): Problem {
  const { spec } = error;
  return {
    type: `urn:dsdn:error:${spec.code}`,
    title: error.message,
    status: spec.httpStatus,
    detail: spec.text.enHint,
    code: spec.code,
    kind: spec.kind,
    exitCode: spec.exit,
    retryable: spec.isRetryable,
    facts: error.facts,
    text: spec.text,
  };
}

const KINDS: readonly string[] = ["user", "network", "peer", "bug"];

/** The error a problem+json body stands for, or undefined when the body is not one of ours. Never throws. */
export function findProblem(body: unknown): DsdnError | undefined {
  if (!isRecord(body) || !isRecord(body["text"])) return undefined;
  const { code, kind, status, exitCode, retryable, facts, text } = body;
  if (typeof code !== "string" || !/^DSDN_[A-Z0-9_]{2,60}$/.test(code)) return undefined;
  if (typeof kind !== "string" || !KINDS.includes(kind)) return undefined;
  if (typeof status !== "number" || typeof exitCode !== "number") return undefined;
  const words = [text["en"], text["enHint"], text["id"], text["idHint"]].map((value) =>
    typeof value === "string" ? value.slice(0, 1000) : "",
  );
  const spec: ErrorSpec = {
    code,
    kind: kind as ErrorKind,
    exit: exitCode,
    httpStatus: status,
    isRetryable: retryable === true,
    text: { en: words[0] ?? "", enHint: words[1] ?? "", id: words[2] ?? "", idHint: words[3] ?? "" },
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
