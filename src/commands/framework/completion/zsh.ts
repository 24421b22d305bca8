import { type CompletionNode, programNames, type Values } from "./words.ts";

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are the shell's own variables */

/** The script for zsh, for a folder of `fpath` and for `source <(dsdn completion zsh)` alike. */
export function writeZsh(nodes: readonly CompletionNode[]): string {
  return [
    `#compdef ${programNames.join(" ")}`,
    ...BODY,
    "_dsdn_is_node() {",
    `  case "$1" in (${nodes
      .filter(({ prefix }) => prefix !== "")
      .map(({ prefix }) => `"${prefix}"`)
      .join("|")}) return 0 ;; esac`,
    "  return 1",
    "}",
    "_dsdn_node() {",
    "  words_here=() flags_here=() values=()",
    '  case "$1" in',
    ...nodes.flatMap(writeNode),
    "  esac",
    "}",
    `if [[ "\${funcstack[1]}" == _dsdn ]]; then _dsdn "$@"; else compdef _dsdn ${programNames.join(" ")}; fi`,
  ].join("\n");
}

const BODY: readonly string[] = [
  "_dsdn() {",
  '  local prefix="" word flag="" count=0 index=2',
  "  local -a words_here flags_here",
  "  local -A values",
  "  while true; do",
  '    _dsdn_node "$prefix"',
  '    flag=""',
  "    count=0",
  "    local grown=",
  "    while (( index < CURRENT )); do",
  '      word="${words[index]}"',
  "      (( index++ ))",
  '      if [[ "$word" == -* ]]; then',
  '        if [[ "$word" != *=* && -n "${values[$word]}" ]]; then',
  '          if (( index == CURRENT )); then flag="$word"; else (( index++ )); fi',
  "        fi",
  '      elif (( count == 0 )) && _dsdn_is_node "${prefix:+$prefix }$word"; then',
  '        prefix="${prefix:+$prefix }$word"',
  "        grown=1",
  "        break",
  "      else",
  "        (( count++ ))",
  "      fi",
  "    done",
  '    [[ -z "$grown" ]] && break',
  "  done",
  '  if [[ -n "$flag" ]]; then _dsdn_offer "${values[$flag]}"; return; fi',
  '  if [[ "${words[CURRENT]}" == --*=* ]]; then',
  '    flag="${words[CURRENT]%%=*}"',
  '    compset -P "*="',
  '    _dsdn_offer "${values[$flag]:-@any}"',
  "    return",
  "  fi",
  '  if [[ "${words[CURRENT]}" == -* ]]; then _describe -o flag flags_here; return; fi',
  "  (( count == 0 && ${#words_here} )) && _describe command words_here",
  '  _dsdn_offer "${values[$count]:-${values[*]-}}"',
  "}",
  "_dsdn_offer() {",
  '  case "$1" in',
  '    "") ;;',
  "    @any) _files ;;",
  `    @*) local -a names; names=("\${(@f)$(dsdn completion zsh --names "\${1#@}" 2>/dev/null </dev/null)}"); compadd -a names ;;`,
  "    *) compadd -- ${=1} ;;",
  "  esac",
  "}",
];

function writeNode({ prefix, next, flags, args, isLastRepeated }: CompletionNode): string[] {
  const values = [
    ...flags.flatMap((flag) =>
      flag.values === undefined
        ? []
        : [`"--${flag.name}"`, ...(flag.char === undefined ? [] : [`"-${flag.char}"`])].map(
            (name) => `${name} ${show(flag.values)}`,
          ),
    ),
    ...args.map((value, index) => `"${isLastRepeated && index === args.length - 1 ? "*" : index}" ${show(value)}`),
  ];
  return [
    `    ("${prefix}")`,
    ...(next.length === 0
      ? []
      : [`      words_here=(${next.map(({ word, text }) => describe(word, text)).join(" ")})`]),
    `      flags_here=(${flags.map(({ name, text }) => describe(`--${name}`, text)).join(" ")})`,
    ...(values.length === 0 ? [] : [`      values=(${values.join(" ")})`]),
    "      ;;",
  ];
}

function show(values: Values | undefined): string {
  if (values === undefined || values.kind === "any") return "@any";
  return values.kind === "names" ? `@${values.names}` : `"${values.words.join(" ")}"`;
}

function describe(word: string, text: string): string {
  return `'${`${word}:${text}`.replaceAll("'", "'\\''")}'`;
}
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: the shell text ends here */
