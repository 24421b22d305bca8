// Reads a published declaration file: its statements one by one, with their comments.

export interface Declaration {
  readonly name: string;
  readonly kind: "function" | "class" | "interface" | "type" | "const";
  readonly isExported: boolean;
  /** The statement with its comments, those no wider than a page. */
  readonly text: string;
  /** Names of other declarations of the file that it mentions. */
  readonly mentions: readonly string[];
}

const COLUMNS = 68;

/** The declarations of a file, in its order. Overloads of a function are one. */
export function readDeclarations(file: string): Declaration[] {
  const found = new Map<string, Omit<Declaration, "mentions">>();
  for (const { comment, text } of statementsOf(file)) {
    const [, exported, kind = "", name = ""] =
      /^(export )?(?:declare )?(?:abstract )?(function|class|interface|type|const) ([\w$]+)/.exec(text) ?? [];
    if (!isKind(kind)) continue;
    const before = found.get(name)?.text;
    const own = `${comment}${text.replace(/^export (?:declare )?|^declare /, "")}`;
    const whole = before === undefined ? own : `${before}\n${own}`;
    found.set(name, {
      name,
      kind,
      isExported: exported !== undefined,
      text: narrowSignatures(narrowComments(indentByTwo(whole))),
    });
  }
  return [...found.values()].map((declaration) => {
    const words = new Set(withoutTexts(declaration.text).match(/[\w$]+/g) ?? []);
    return {
      ...declaration,
      mentions: [...found.keys()].filter((name) => name !== declaration.name && words.has(name)),
    };
  });
}

function isKind(word: string): word is Declaration["kind"] {
  return ["function", "class", "interface", "type", "const"].includes(word);
}

/** A statement ends at the end of a line, outside of all brackets. */
function statementsOf(file: string): { comment: string; text: string }[] {
  const statements: { comment: string; text: string }[] = [];
  let comment = "";
  let lines: string[] = [];
  let isComment = false;
  for (const line of file.split("\n")) {
    if (lines.length === 0 && (isComment || line.startsWith("/**"))) {
      comment = line.startsWith("/**") ? `${line}\n` : `${comment}${line}\n`;
      isComment = !line.trimEnd().endsWith("*/");
      continue;
    }
    if (lines.length === 0 && line.trim() === "") continue;
    lines.push(line);
    const bare = withoutTexts(lines.join("\n"));
    const depth = (bare.match(/[{([]/g) ?? []).length - (bare.match(/[})\]]/g) ?? []).length;
    if (depth > 0 || !/[;}]\s*$/.test(bare)) continue;
    statements.push({ comment, text: lines.join("\n") });
    comment = "";
    lines = [];
  }
  return statements;
}

/** Without comments and strings, whose brackets and words mean nothing. */
function withoutTexts(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"/g, "");
}

/** The compiler indents by four. */
function indentByTwo(text: string): string {
  return text.replace(/^(?: {4})+/gm, (spaces) => " ".repeat(spaces.length / 2));
}

function narrowComments(text: string): string {
  return text.replace(/^([ \t]*)\/\*\*([\s\S]*?)\*\//gm, (_all, indent: string, inner: string) => {
    const lines = inner.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trimEnd());
    // A paragraph goes on until an empty line or the next tag.
    const paragraphs = lines
      .join("\n")
      .trim()
      .split(/\n\s*\n|\n(?=@)/);
    const isTight = (index: number) => paragraphs[index]?.startsWith("@") && paragraphs[index - 1]?.startsWith("@");
    const filled = paragraphs.flatMap((paragraph, index) => [
      ...(index === 0 || isTight(index) ? [] : [""]),
      ...fill(paragraph.replace(/\s+/g, " ").trim(), COLUMNS - indent.length - 3),
    ]);
    const [only = "", ...more] = filled;
    if (more.length === 0 && indent.length + only.length + 7 <= COLUMNS) return `${indent}/** ${only} */`;
    return [`${indent}/**`, ...filled.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`].join("\n");
  });
}

/** Parameters of a signature that is wider than a page stand on lines of their own. */
function narrowSignatures(text: string): string {
  return text
    .split("\n")
    .flatMap((line) => (line.length <= COLUMNS || /^\s*(?:\/\*)?\*/.test(line) ? [line] : breakSignature(line)))
    .join("\n");
}

function breakSignature(line: string): string[] {
  // A name or its type parameters stand before the parameters; any other bracket only groups.
  const open = line.search(/(?<=[\w$>])\(/);
  const parts: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; open >= 0 && at < line.length; at += 1) {
    const sign = line[at] ?? "";
    // The head of an arrow closes nothing.
    if ("([{<".includes(sign)) depth += 1;
    else if (")]}>".includes(sign) && line.slice(at - 1, at + 1) !== "=>") depth -= 1;
    const isEnd = depth === 0;
    if (!isEnd && !(depth === 1 && sign === ",")) continue;
    parts.push(line.slice(from, at).trim());
    from = at + 1;
    if (!isEnd) continue;
    const indent = /^ */.exec(line)?.[0] ?? "";
    if (parts.join("") === "") return [line];
    return [line.slice(0, open + 1), ...parts.map((part) => `${indent}  ${part},`), `${indent}${line.slice(at)}`];
  }
  return [line];
}

function fill(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
