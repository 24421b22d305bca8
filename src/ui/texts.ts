import { escapeForTerminal, type Language } from "../base/index.ts";

/** A text in both languages. Slots such as `{name}` stand in both. */
export interface Text {
  readonly en: string;
  readonly id: string;
}

/** What fills the slots of a text. */
export type TextFacts = { readonly [slot: string]: string | number };

type Slots<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Slots<Rest> : never;
type SameSlots<T extends Text> = [Slots<T["en"]>] extends [Slots<T["id"]>]
  ? [Slots<T["id"]>] extends [Slots<T["en"]>]
    ? unknown
    : { slotMissingInEnglish: Exclude<Slots<T["id"]>, Slots<T["en"]>> }
  : { slotMissingInIndonesian: Exclude<Slots<T["en"]>, Slots<T["id"]>> };

/** Picks the language of one text and fills its slots; a slot without a fact does not compile. */
export type Say = <const T extends Text>(
  text: T & SameSlots<T>,
  ...facts: [Slots<T["en"]>] extends [never] ? [] : [{ readonly [Name in Slots<T["en"]>]: string | number }]
) => string;

/** The `Say` of one language. Facts are escaped, so a remote string cannot steer the terminal. */
export function createSay(language: Language): Say {
  return (text, ...facts) => fillText(text[language], facts[0] ?? {});
}

function fillText(template: string, facts: TextFacts): string {
  return template.replace(/\{(\w+)\}/g, (slot, name: string) => {
    const value = facts[name];
    return value === undefined ? slot : escapeForTerminal(String(value));
  });
}
