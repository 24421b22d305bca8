import type { CST, Document, Pair, ParsedNode } from "yaml";
import { fail } from "../base/index.ts";
import { intentErrors } from "./errors.ts";

/** A value of a project file and the line it stands in, counted from 1. */
export type YamlNode = YamlMap | YamlList | YamlScalar;

export interface YamlMap {
  readonly kind: "map";
  readonly line: number;
  /** In the order of the file, each key once. */
  readonly entries: readonly { readonly key: string; readonly line: number; readonly value: YamlNode }[];
}

export interface YamlList {
  readonly kind: "list";
  readonly line: number;
  readonly items: readonly YamlNode[];
}

export interface YamlScalar {
  readonly kind: "scalar";
  readonly line: number;
  /** By the core schema of YAML 1.2: `no`, `1_000` and dates are text. */
  readonly value: string | number | boolean | null;
  /** As it is written, without quotes. */
  readonly text: string;
}

const LIMIT_BYTES = 64 * 1024;
/** The file's own fields are three deep. */
const DEPTH = 8;

/**
 * The content of a project file, strictly: UTF-8, one document, no anchors, aliases, merge keys, tags, directives, tabs
 * or keys that are no text, nothing twice.
 *
 * @param file - its name, for errors.
 * @returns undefined when the file says nothing.
 * @throws DSDN_INTENT_FILE_TOO_LARGE, DSDN_INTENT_FILE_ENCODING, DSDN_INTENT_FILE_SYNTAX, DSDN_INTENT_FILE_FEATURE,
 *   DSDN_INTENT_FIELD_TWICE
 * @source YAML 1.2.2, core schema (section 10.3)
 */
export async function readYamlTree(bytes: Uint8Array, file: string): Promise<YamlNode | undefined> {
  if (bytes.length > LIMIT_BYTES) throw fail(intentErrors.fileTooLarge, { file, limitBytes: LIMIT_BYTES });
  const text = decodeText(bytes, file);
  const kit = await import("yaml");
  const lines = new kit.LineCounter();
  const at: Places = {
    kit,
    lineOf: (offset) => lines.linePos(offset).line,
    placeOf: (offset) => `${file}:${lines.linePos(offset).line}`,
  };
  const tokens = [...new kit.Parser(lines.addNewLine).parse(text)];
  checkTokens(tokens, at);
  const composer = new kit.Composer({
    version: "1.2",
    schema: "core",
    merge: false,
    uniqueKeys: false,
    logLevel: "silent",
  });
  const documents: Document.Parsed[] = [...composer.compose(tokens, true, text.length)];
  const [document, second] = documents;
  if (document === undefined) return undefined;
  if (second !== undefined)
    throw fail(intentErrors.fileFeature, { place: at.placeOf(second.range[0]), feature: "'---'" });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const reason = problem.message.split("\n")[0]?.slice(0, 120) ?? problem.code;
    throw fail(intentErrors.fileSyntax, { place: at.placeOf(problem.pos[0]), reason: reason.replace(/[.:]$/, "") });
  }
  const root = readNode(document.contents, at);
  return root.kind === "scalar" && root.value === null ? undefined : root;
}

interface Places {
  readonly kit: typeof import("yaml");
  lineOf(offset: number): number;
  placeOf(offset: number): string;
}

function decodeText(bytes: Uint8Array, file: string): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw fail(intentErrors.fileEncoding, { place: file }, { cause });
  }
  // NUL is what UTF-16 looks like in UTF-8; the rest of the control characters have no place in a text file.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  const odd = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.exec(text);
  const placeOf = (index: number) => `${file}:${text.slice(0, index).split("\n").length}`;
  if (odd !== null) throw fail(intentErrors.fileEncoding, { place: placeOf(odd.index) });
  const tab = text.indexOf("\t");
  if (tab !== -1) throw fail(intentErrors.fileFeature, { place: placeOf(tab), feature: "a tab" });
  return text;
}

/** Looks at the tokens before anything is built of them, with a stack of its own: nesting cannot exhaust the program's. */
function checkTokens(tokens: readonly CST.Token[], at: Places): void {
  const open: { readonly token: unknown; readonly depth: number }[] = [{ token: tokens, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (Array.isArray(token)) {
      for (const item of token.toReversed()) open.push({ token: item, depth });
    } else if (isToken(token)) {
      const place = () => at.placeOf(token.offset);
      const feature = REFUSED_TOKENS.get(token.type);
      if (feature !== undefined) throw fail(intentErrors.fileFeature, { place: place(), feature });
      const isDeeper = COLLECTIONS.has(token.type);
      if (depth + Number(isDeeper) > DEPTH) {
        throw fail(intentErrors.fileFeature, { place: place(), feature: `[[[ > ${DEPTH}` });
      }
      pushParts(token, depth + Number(isDeeper), open);
    } else if (typeof token === "object" && token !== null) {
      // An item of a collection: its tokens before the key, the key, the separator and the value.
      pushParts(token, depth, open);
    }
  }
}

/** The last one is looked at first. */
const PARTS = ["end", "items", "value", "sep", "key", "start", "props"] as const;

function pushParts(token: object, depth: number, open: { token: unknown; depth: number }[]): void {
  const parts = new Map<string, unknown>(Object.entries(token));
  for (const name of PARTS) {
    const part = parts.get(name);
    if (typeof part === "object" && part !== null) open.push({ token: part, depth });
  }
}

const COLLECTIONS: ReadonlySet<string> = new Set(["block-map", "block-seq", "flow-collection"]);
const REFUSED_TOKENS: ReadonlyMap<string, string> = new Map([
  ["anchor", "'&'"],
  ["alias", "'*'"],
  ["tag", "'!'"],
  ["directive", "'%'"],
  ["explicit-key-ind", "'?'"],
]);

function isToken(value: unknown): value is { readonly type: string; readonly offset: number } {
  return typeof value === "object" && value !== null && "type" in value && "offset" in value;
}

/** A collection's depth was checked, so calling itself is safe. */
function readNode(node: ParsedNode | null, at: Places): YamlNode {
  const line = at.lineOf(node?.range[0] ?? 0);
  if (at.kit.isSeq(node)) return { kind: "list", line, items: node.items.map((item) => readNode(item, at)) };
  if (at.kit.isMap<ParsedNode, ParsedNode | null>(node)) {
    return { kind: "map", line, entries: readEntries(node.items, at) };
  }
  if (!at.kit.isScalar(node)) return { kind: "scalar", line, value: null, text: "" };
  const { value, source } = node;
  const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return { kind: "scalar", line, value: isPlain ? value : null, text: source ?? "" };
}

function readEntries(pairs: readonly Pair<ParsedNode, ParsedNode | null>[], at: Places): YamlMap["entries"] {
  const seen = new Set<string>();
  return pairs.map((pair) => {
    const entry = readEntry(pair, at);
    if (seen.has(entry.key)) {
      throw fail(intentErrors.fieldTwice, { place: at.placeOf(pair.key.range[0]), field: entry.key.slice(0, 80) });
    }
    seen.add(entry.key);
    return entry;
  });
}

function readEntry({ key, value }: Pair<ParsedNode, ParsedNode | null>, at: Places): YamlMap["entries"][number] {
  const read = readNode(key, at);
  const isText = read.kind === "scalar" && read.text !== "";
  const isMerge = isText && read.text === "<<" && at.kit.isScalar(key) && key.type === "PLAIN";
  if (!isText || isMerge) {
    const feature = isMerge ? "'<<'" : "'? :'";
    throw fail(intentErrors.fileFeature, { place: at.placeOf(key.range[0]), feature });
  }
  const line = read.line;
  // A field with nothing behind it has its value in its own line.
  return {
    key: read.text,
    line,
    value: value === null ? { kind: "scalar", line, value: null, text: "" } : readNode(value, at),
  };
}
