import { type CompletionNode, programNames, type Values } from "./words.ts";

/** The script for fish 3 and later. */
export function writeFish(nodes: readonly CompletionNode[]): string {
  const named = nodes.filter(({ prefix }) => prefix !== "").map(({ prefix }) => quote(prefix));
  const withValue = new Set(
    nodes.flatMap(({ flags }) =>
      flags.flatMap(({ name, char, values }) =>
        values === undefined ? [] : [`--${name}`, ...(char === undefined ? [] : [`-${char}`])],
      ),
    ),
  );
  return [
    "# dsdn: completion for fish",
    // Prints the words of the command, and how many arguments follow them.
    "function __dsdn_place",
    "  set -l prefix ''",
    "  set -l count 0",
    "  set -l skip 0",
    "  for word in (commandline -opc)[2..]",
    "    if test $skip = 1",
    "      set skip 0",
    "      continue",
    "    end",
    "    switch $word",
    `      case ${[...withValue].join(" ")}`,
    "        set skip 1",
    "      case '-*'",
    "      case '*'",
    '        set -l longer (string trim -- "$prefix $word")',
    `        if test $count = 0; and contains -- $longer ${named.join(" ")}`,
    "          set prefix $longer",
    "        else",
    "          set count (math $count + 1)",
    "        end",
    "    end",
    "  end",
    "  printf '%s\\n' \"$prefix\" $count",
    "end",
    "function __dsdn_at",
    "  set -l place (__dsdn_place)",
    '  test "$place[1]" = "$argv[1]"; or return 1',
    "  set -q argv[2]; or return 0",
    "  test $argv[2] = '*'; or test $place[2] = $argv[2]",
    "end",
    "function __dsdn_names",
    "  dsdn completion fish --names $argv[1] 2>/dev/null </dev/null",
    "end",
    ...nodes.flatMap(writeNode),
    ...others.map((other) => `complete -c ${other} -w ${program}`),
  ].join("\n");
}

const [program, ...others] = programNames;

function writeNode({ prefix, next, flags, args, isLastRepeated }: CompletionNode): string[] {
  const at = (place?: string) =>
    `complete -c ${program} -n ${quote(`__dsdn_at ${quote(prefix)}${place === undefined ? "" : ` ${quote(place)}`}`)}`;
  return [
    ...next.map(({ word, text }) => `${at("0")} -f -a ${quote(word)} -d ${quote(text)}`),
    ...args.flatMap((values, index) => {
      const offer = show(values);
      return offer === ""
        ? []
        : [`${at(isLastRepeated && index === args.length - 1 ? "*" : String(index))} -f${offer}`];
    }),
    ...flags.map(({ name, char, text, values }) => {
      const short = char === undefined ? "" : ` -s ${char}`;
      const value = values === undefined ? "" : values.kind === "any" ? " -r" : ` -x${show(values)}`;
      return `${at()} -l ${name}${short}${value} -d ${quote(text)}`;
    }),
  ];
}

function show(values: Values): string {
  if (values.kind === "any") return "";
  return values.kind === "names"
    ? ` -a ${quote(`(__dsdn_names ${values.names})`)}`
    : ` -a ${quote(values.words.join(" "))}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
