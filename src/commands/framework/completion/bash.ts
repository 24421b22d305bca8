import { type CompletionNode, programNames, type Values } from "./words.ts";

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are the shell's own variables */

/** The script for bash 3.2 and later. */
export function writeBash(nodes: readonly CompletionNode[]): string {
  return [
    "# dsdn: completion for bash",
    ...writeTables(nodes),
    "_dsdn() {",
    "  COMPREPLY=()",
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="" prefix="" word count=0 index=1 names values=""',
    '  [ "$COMP_CWORD" -gt 0 ] && prev="${COMP_WORDS[COMP_CWORD-1]}"',
    // "--flag=value" comes as three words, because = breaks words.
    '  if [ "$cur" = "=" ]; then cur=""; elif [ "$prev" = "=" ]; then prev="${COMP_WORDS[COMP_CWORD-2]}"; fi',
    '  while [ "$index" -lt "$COMP_CWORD" ]; do',
    '    word="${COMP_WORDS[index]}"',
    '    case "$word" in',
    "      =) index=$((index + 2)); continue ;;",
    "      -*)",
    '        if [ "${COMP_WORDS[index+1]}" != "=" ] && [ -n "$(_dsdn_values "$prefix" "$word")" ]; then index=$((index + 1)); fi ;;',
    "      *)",
    '        if [ "$count" -eq 0 ] && _dsdn_is_node "${prefix:+$prefix }$word"; then',
    '          prefix="${prefix:+$prefix }$word"',
    "        else",
    "          count=$((count + 1))",
    "        fi ;;",
    "    esac",
    "    index=$((index + 1))",
    "  done",
    '  case "$prev" in -*) values="$(_dsdn_values "$prefix" "$prev")" ;; esac',
    '  if [ -z "$values" ]; then',
    '    case "$cur" in',
    '      -*) values="$(_dsdn_flags "$prefix")" ;;',
    '      *) values="$(_dsdn_args "$prefix" "$count")" ;;',
    "    esac",
    "  fi",
    '  case "$values" in',
    // No reply of ours: -o default completes files.
    '    "@any"|"") return ;;',
    `    "@"*) values="$(dsdn completion bash --names "\${values#@}" 2>/dev/null </dev/null)" ;;`,
    "  esac",
    // Names hold spaces and what a shell expands: each line is one word as it stands, quoted for the command line.
    "  while IFS= read -r names; do",
    '    case "$names" in "") ;; "$cur"*) COMPREPLY[${#COMPREPLY[@]}]="$(printf "%q" "$names")" ;; esac',
    '  done <<< "$values"',
    "}",
    `complete -o default -F _dsdn ${programNames.join(" ")}`,
  ].join("\n");
}

function writeTables(nodes: readonly CompletionNode[]): string[] {
  const named = nodes.filter(({ prefix }) => prefix !== "").map(({ prefix }) => `"${prefix}"`);
  return [
    "_dsdn_is_node() {",
    `  case "$1" in ${named.join("|")}) return 0 ;; esac`,
    "  return 1",
    "}",
    "_dsdn_flags() {",
    '  case "$1" in',
    ...nodes.map(
      ({ prefix, flags }) => `    "${prefix}") printf '%s\\n' ${flags.map(({ name }) => `--${name}`).join(" ")} ;;`,
    ),
    "  esac",
    "}",
    "_dsdn_values() {",
    '  case "$1 $2" in',
    ...nodes.flatMap(({ prefix, flags }) =>
      flags.flatMap(({ name, char, values }) =>
        values === undefined
          ? []
          : [`    "${prefix} --${name}"${char === undefined ? "" : `|"${prefix} -${char}"`}) ${print(values)} ;;`],
      ),
    ),
    "  esac",
    "}",
    "_dsdn_args() {",
    '  case "$1 $2" in',
    ...nodes.flatMap(({ prefix, next, args, isLastRepeated }) => [
      ...(next.length === 0
        ? []
        : [
            `    "${prefix} 0") ${printWords(next.map(({ word }) => word))}${args[0] === undefined ? "" : `; ${print(args[0])}`} ;;`,
          ]),
      ...args.flatMap((values, index) =>
        index === 0 && next.length > 0
          ? []
          : [`    "${prefix} "${isLastRepeated && index === args.length - 1 ? "*" : index}) ${print(values)} ;;`],
      ),
    ]),
    "  esac",
    "}",
  ];
}

function print(values: Values): string {
  if (values.kind === "any") return "printf '@any'";
  return values.kind === "names" ? `printf '@${values.names}'` : printWords(values.words);
}

function printWords(words: readonly string[]): string {
  return `printf '%s\\n' ${words.map((word) => `'${word}'`).join(" ")}`;
}
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: the shell text ends here */
