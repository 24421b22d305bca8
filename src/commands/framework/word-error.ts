import { DsdnError, type ErrorSpec, type ErrorText, renderError } from "../../base/index.ts";

/** What a node notes when a program failed: the code of the error, and mostly its English message. */
const NOTED = /^(DSDN_[A-Z0-9_]+)(?:: (.*))?$/s;

/**
 * The error with the failure its reason tells of said in both languages, as the catalogue words it; the error itself
 * when its reason is none. The facts stay as they are.
 *
 * @param listErrors - asked only when the reason names an error.
 */
export async function wordError(error: DsdnError, listErrors: () => Promise<readonly ErrorSpec[]>): Promise<DsdnError> {
  const [, code, said] = NOTED.exec(String(error.facts["reason"] ?? "")) ?? [];
  if (code === undefined) return error;
  const spec = (await listErrors()).find((candidate) => candidate.code === code);
  if (spec === undefined) return error;
  const noted = new DsdnError(spec, factsIn(said ?? "", spec.text.en));
  const { en, enHint, id, idHint } = error.spec.text;
  const [english, indonesian] = [sentenceOf(noted, "en"), sentenceOf(noted, "id")];
  const text: ErrorText = {
    en: en.replace("{reason}", () => english),
    enHint: enHint.replace("{reason}", () => english),
    id: id.replace("{reason}", () => indonesian),
    idHint: idHint.replace("{reason}", () => indonesian),
  };
  return new DsdnError({ ...error.spec, text }, error.facts, error.cause === undefined ? {} : { cause: error.cause });
}

/** Without its full stop: it stands inside another sentence. What is not known is an ellipsis. */
function sentenceOf(error: DsdnError, language: "en" | "id"): string {
  return renderError(error, language)
    .message.replace(/\{\w+\}/g, "...")
    .replace(/\.$/, "");
}

/** The facts of a message, read back by its template. */
function factsIn(said: string, template: string): { readonly [name: string]: string } {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const parts = template.split(/\{\w+\}/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const values = new RegExp(`^${parts.join("(.{0,500}?)")}$`, "s").exec(said)?.slice(1) ?? [];
  return Object.fromEntries(
    names.flatMap((name, index) => (values[index] === undefined ? [] : [[name, values[index]]])),
  );
}
