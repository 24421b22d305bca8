import { eventKinds, refusals, systemCodes, type Word } from "./coded-words.ts";
import type { FactValue, Language } from "./error-spec.ts";
import { reasonLines } from "./reasons.ts";
import { termLines } from "./terms.ts";

/** A longer text is no phrase of ours. */
const SAID_CHARACTERS = 1000;
/** Places that may stand before a reason, one inside the other. */
const PLACES = 2;

/** Facts that are half a sentence, and facts that name a thing of the program; all others are the user's own words. */
const REASONS: readonly string[] = ["reason", "state"];
const TERMS: readonly string[] = ["what", "kind", "action", "service", "field", "purpose"];

/**
 * A fact as it stands in a message for people: what programs say among themselves is said in the user's language,
 * what users named stays as it is. A reason that is known in English only is left to `-v` in Indonesian: half a
 * sentence in another language helps nobody.
 */
export function sayFact(name: string, value: FactValue, language: Language): string {
  if (REASONS.includes(name)) {
    const said = sayPhrase(value, language);
    return language === "id" && looksEnglish(said) ? "rinciannya dengan -v" : said;
  }
  return TERMS.includes(name) ? sayPhrase(value, language) : String(value);
}

/** What a program said, in the user's language where it is known. */
export function sayPhrase(value: FactValue, language: Language): string {
  const text = String(value);
  const word = findWord(text);
  if (word !== undefined) return word[language];
  if (text.length > SAID_CHARACTERS) return text;
  for (const { pattern, say } of foreign) {
    const match = pattern.exec(text);
    if (match !== null) return `${sayPrefix(text, match.index, language)}${say(match)[language]}`;
  }
  return language === "id" ? (translate(text) ?? text) : text;
}

/** True for words that stand in an English sentence and in no Indonesian one. A heuristic: names of its own may fool it. */
export function looksEnglish(text: string): boolean {
  const quoted = text.slice(0, SAID_CHARACTERS).replace(/`[^`]*`|"[^"]*"|'[^']*'|<[^>]*>/g, " ");
  const plain = quoted
    .split(/\s+/)
    .filter((word) => !/[/\\.@_=-]./.test(word))
    .join(" ");
  return plain.split(/[^A-Za-z]+/).length >= 3 && ENGLISH.test(plain);
}

const ENGLISH =
  /\b(?:the|is|are|was|were|be|been|of|and|or|to|in|on|at|by|with|from|for|not|no|it|its|this|that|these|there|an|has|have|had|must|may|can|cannot|could|will|would|than|more|than|which|what|who|your|you|does|did|into|only|other|another|after|before|until|when)\b/i;

function findWord(text: string): Word | undefined {
  for (const words of [systemCodes, refusals, eventKinds]) if (Object.hasOwn(words, text)) return words[text];
  return undefined;
}

interface ForeignPhrase {
  readonly pattern: RegExp;
  say(match: RegExpExecArray): Word;
}

const SYSTEM: Word = { en: "the system reported a fault", id: "sistem melaporkan gangguan" };

/** What Node.js, V8 and zod say, none of it for users. */
const foreign: readonly ForeignPhrase[] = [
  {
    pattern: /(?:\b[a-z]+ )?\b(E[A-Z]{3,}|ERR_[A-Z_]+|[A-Z]+_CERT_[A-Z_]+)\b.*$/s,
    say: ([, code = ""]) => systemCodes[code] ?? SYSTEM,
  },
  {
    pattern: /fetch failed|socket hang up|other side closed|network (?:error|socket disconnected).*$/i,
    say: () => ({ en: "the connection was cut", id: "sambungannya terputus" }),
  },
  {
    pattern: /Unexpected (?:token|end of JSON|non-whitespace).*$|.*\bJSON at position.*$/s,
    say: () => ({ en: "it is not JSON", id: "bukan JSON" }),
  },
  {
    pattern: /Invalid input: expected [^,]+, received undefined$/,
    say: () => ({ en: "is missing", id: "tidak ada" }),
  },
  {
    pattern: /Invalid input: expected ([^,]+)(?:, received .*)?$/,
    say: ([, type = ""]) => ({ en: `must be ${type}`, id: `harus berupa ${type}` }),
  },
  {
    pattern: /Too (?:small|big): expected .*?([<>]=?)\s?(\d+).*$/,
    say: ([, sign = "", bound = ""]) => ({ en: `must be ${sign} ${bound}`, id: `harus ${sign} ${bound}` }),
  },
  {
    pattern: /Unrecognized keys?: (.*)$/,
    say: ([, keys = ""]) => ({
      en: `has parts that are not known: ${keys}`,
      id: `memuat bagian yang tidak dikenal: ${keys}`,
    }),
  },
  {
    pattern: /Invalid option: expected one of (.*)$/,
    say: ([, options = ""]) => ({ en: `must be one of ${options}`, id: `harus salah satu dari ${options}` }),
  },
  {
    pattern: /Invalid (?:input|string|format|[A-Z][A-Za-z0-9 ]+|url|uuid|base64|hex)(?::.*)?$/,
    say: () => ({ en: "is not written as it must be", id: "tidak ditulis sebagaimana mestinya" }),
  },
];

/** What stands before a foreign phrase: mostly the place it is about. */
function sayPrefix(text: string, index: number, language: Language): string {
  const before = text.slice(0, index);
  return language === "id" && before.endsWith(": ")
    ? `${translate(before.slice(0, -2)) ?? before.slice(0, -2)}: `
    : before;
}

interface Book {
  readonly exact: ReadonlyMap<string, string>;
  readonly patterns: readonly { readonly pattern: RegExp; readonly id: string }[];
}

let book: Book | undefined;

/** The Indonesian of an English reason, or undefined; `place: reason` keeps its place. */
function translate(text: string, depth = 0): string | undefined {
  book ??= readBook();
  const whole = lookUp(text, book);
  if (whole !== undefined || depth > PLACES) return whole;
  const [place = "", ...rest] = text.split(": ");
  const reason = rest.length === 0 ? undefined : translate(rest.join(": "), depth + 1);
  return reason === undefined ? undefined : `${lookUp(place, book) ?? place}: ${reason}`;
}

function lookUp(text: string, { exact, patterns }: Book): string | undefined {
  const found = exact.get(text);
  if (found !== undefined) return found;
  for (const { pattern, id } of patterns) {
    const match = pattern.exec(text);
    if (match === null) continue;
    let next = 1;
    return id.replaceAll("{}", () => match[next++] ?? "");
  }
  return undefined;
}

function readBook(): Book {
  const lines = [reasonLines, termLines].flatMap((text) => text.trim().split("\n")).map((line) => line.split(" | "));
  const pairs = lines.map(([en = "", id = ""]) => ({ en, id }));
  const isPattern = ({ en }: { en: string }) => en.includes("{}");
  return {
    exact: new Map(pairs.filter((pair) => !isPattern(pair)).map(({ en, id }) => [en, id])),
    patterns: pairs.filter(isPattern).map(({ en, id }) => ({ pattern: toPattern(en), id })),
  };
}

function toPattern(template: string): RegExp {
  const parts = template.split("{}").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("(.{1,300}?)")}$`, "s");
}
