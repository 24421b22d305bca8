import { escapeForTerminal } from "../base/index.ts";
import { factRows, inLine } from "./fact-rows.ts";
import { formatValue } from "./format.ts";
import { wordOf } from "./labels.ts";
import { layPairs, layTable, widthOf, wrap, wrapBeforeCommand } from "./layout.ts";
import { messages } from "./messages.ts";
import type { AuditEntry, Block, CommandResult, DisclosureLevel } from "./result.ts";
import { escapeBesideStyle, type Style } from "./style.ts";
import type { Say } from "./texts.ts";

/** How a result is drawn. */
export interface DrawOptions {
  readonly level: DisclosureLevel;
  readonly isQuiet: boolean;
  /** Widest line; Infinity when the output is not a terminal, so that scripts see whole lines. */
  readonly columns: number;
  readonly style: Style;
  readonly say: Say;
}

/** The lines of a result. @param blocks - the summary as its command draws it. */
export function drawResult(result: CommandResult, blocks: readonly Block[], options: DrawOptions): string[] {
  if (options.isQuiet) {
    const essential = blocks.flatMap((block) => (isKind(block, "essential") ? block.essential.split("\n") : []));
    return options.columns === Number.POSITIVE_INFINITY ? essential : essential.map(escapeForTerminal);
  }
  const next = blocks.filter((block) => isKind(block, "next"));
  const body = blocks.filter((block) => !isKind(block, "next"));
  return [
    ...body.flatMap((block) => drawBlock(block, options)),
    ...drawDetails(result, options),
    ...(options.level >= 3 ? drawAudit(result.audit, options) : []),
    ...next.flatMap((block) => drawBlock(block, options)),
  ];
}

type ObjectBlock = Exclude<Block, string>;
type KindOf<K extends string> = Extract<ObjectBlock, { readonly [name in K]: unknown }>;

function isKind<K extends "essential" | "next" | "pairs" | "head">(block: Block, kind: K): block is KindOf<K> {
  return typeof block === "object" && kind in block;
}

function drawBlock(block: Block, options: DrawOptions): string[] {
  if (typeof block === "string") return wrapBeforeCommand(escapeBesideStyle(block), options.columns, "");
  // File names and reasons come from strangers: what stands in a cell must not steer the terminal.
  if ("pairs" in block) return drawPairs(block.pairs, options);
  if ("more" in block) return options.level === 0 ? [] : block.more.flatMap((inner) => drawBlock(inner, options));
  if ("next" in block) {
    return drawNext(block, options);
  }
  if ("essential" in block) return [];
  const cells = block.rows.map((row) => row.map(escapeForTerminal));
  const lines = layTable(block.head, cells, options.columns);
  // Side by side, the first line holds every title; stacked, each stands beside its value.
  const isAbove = block.head.every((title) => lines[0]?.includes(title) === true);
  return lines.map((line, index) => (index === 0 && isAbove ? options.style.bold(line) : line));
}

function drawPairs(pairs: readonly (readonly [string, string])[], { columns }: DrawOptions): string[] {
  return layPairs(
    pairs.map(([label, value]) => [label, escapeForTerminal(value)] as const),
    columns,
  );
}

// A command is never broken into lines, so that it can be copied: the terminal itself wraps what is too wide.
function drawNext(block: KindOf<"next">, { columns, style, say }: DrawOptions): string[] {
  const next = escapeForTerminal(block.next);
  const why = block.why === undefined ? undefined : escapeForTerminal(block.why);
  const label = style.note(say(messages.next));
  const [line, indent] = [`${label} ${next}`, "  "];
  const lines = widthOf(line) <= columns ? [line] : [label, indent + next];
  if (why === undefined) return lines;
  const last = `${lines.at(-1)}  (${why})`;
  if (widthOf(last) <= columns) return [...lines.slice(0, -1), last];
  return [...lines, ...wrap(`${indent}(${why})`, columns, indent)];
}

function drawDetails(result: CommandResult, options: DrawOptions): string[] {
  if (options.level === 0) return [];
  const { references, ...details } = result.details;
  const lines = drawSection(options.say(messages.details), details, options);
  if (options.level >= 2) lines.push(...drawSection(options.say(messages.references), references ?? {}, options));
  return lines;
}

function drawSection(title: string, facts: object, options: DrawOptions): string[] {
  const rows = factRows(facts, options.say);
  return rows.length === 0 ? [] : ["", options.style.bold(title), ...layPairs(rows, options.columns)];
}

function drawAudit(audit: readonly AuditEntry[], { say, style, columns }: DrawOptions): string[] {
  if (audit.length === 0) return [];
  const lines = audit.flatMap((entry, index) => {
    const { step, ...facts } = entry;
    const words = [say(wordOf(formatValue("step", step))), inLine(facts, say)].filter((part) => part !== "");
    return wrap(`  ${String(index + 1).padStart(3)}  ${words.join("  ")}`, columns, AUDIT_INDENT);
  });
  return ["", style.bold(say(messages.audit)), ...lines];
}

const AUDIT_INDENT = " ".repeat(7);
