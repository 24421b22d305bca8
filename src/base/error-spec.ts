/**
 * The way a room declares its errors.
 *
 * A room lists its errors in its own `errors.ts` with `defineError`. Slots such as `{path}` in a text are
 * typed: the facts must carry them, and a slot that stands in one language only fails to compile.
 */

/** Who has to act: the user, the network (wait or retry), a peer that misbehaved, or the authors of `dsdn`. */
export type ErrorKind = "user" | "network" | "peer" | "bug";

export type Language = "en" | "id";

export type FactValue = string | number | boolean | readonly string[] | readonly { readonly [key: string]: string }[];

export type Facts = { readonly [name: string]: FactValue };

/** A message says what happens; a hint says what to do. Both in English and Indonesian. */
export interface ErrorText {
  readonly en: string;
  readonly enHint: string;
  readonly id: string;
  readonly idHint: string;
}

export interface ErrorSpec<F extends Facts = Facts> {
  readonly code: string;
  readonly kind: ErrorKind;
  /** Exit code of the CLI: 0 done, 1 bug, 2 usage, 3 partly, 10-19 environment, 20-29 intent and package,
   *  30-39 network, 40-49 verification failed, 130 interrupted. */
  readonly exit: number;
  readonly httpStatus: number;
  readonly isRetryable: boolean;
  readonly text: ErrorText;
  /** Facts that are the words of another program, shown as that program said them. */
  readonly quotes?: readonly string[];
  /** Never set; carries the type of the facts. */
  readonly factsType?: F;
}

type Slots<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Slots<Rest> : never;
type EnglishSlots<T extends ErrorText> = Slots<T["en"]> | Slots<T["enHint"]>;
type IndonesianSlots<T extends ErrorText> = Slots<T["id"]> | Slots<T["idHint"]>;
type SameSlots<T extends ErrorText> = [EnglishSlots<T>] extends [IndonesianSlots<T>]
  ? [IndonesianSlots<T>] extends [EnglishSlots<T>]
    ? unknown
    : { slotMissingInEnglish: Exclude<IndonesianSlots<T>, EnglishSlots<T>> }
  : { slotMissingInIndonesian: Exclude<EnglishSlots<T>, IndonesianSlots<T>> };
type FactsOf<T extends ErrorText> = { readonly [Name in EnglishSlots<T>]: string | number };

interface SpecInput<T extends ErrorText> {
  readonly code: `DSDN_${Uppercase<string>}`;
  readonly kind: ErrorKind;
  readonly exit: number;
  readonly httpStatus: number;
  readonly isRetryable?: boolean;
  readonly quotes?: readonly string[];
  readonly text: T & SameSlots<T>;
}

/** Declares one error. `code` is `DSDN_<ROOM>_<WHAT>`, is public, and is never reused for another meaning. */
export function defineError<const T extends ErrorText>(spec: SpecInput<T>): ErrorSpec<FactsOf<T>> {
  return { ...spec, isRetryable: spec.isRetryable ?? false };
}

/**
 * The text with every control, bidirectional-override and line-separator character made visible, so that a remote
 * string cannot steer the user's terminal. Tabs and line feeds are escaped too.
 */
export function escapeForTerminal(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: naming the control characters is the purpose
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
