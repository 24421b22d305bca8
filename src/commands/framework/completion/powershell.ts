import { type CompletionNode, programNames, type Values } from "./words.ts";

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are the shell's own variables */

/** The script for Windows PowerShell 5.1 and PowerShell 7. */
export function writePowerShell(nodes: readonly CompletionNode[]): string {
  return [
    "# dsdn: completion for PowerShell",
    "$script:DsdnNodes = @{",
    ...nodes.flatMap(writeNode),
    "}",
    `Register-ArgumentCompleter -Native -CommandName ${programNames.map(quote).join(", ")} -ScriptBlock {`,
    "  param($wordToComplete, $commandAst, $cursorPosition)",
    "  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })",
    "  $prefix = ''",
    "  $count = 0",
    "  $flag = ''",
    "  foreach ($word in $words) {",
    "    if ($flag) { $flag = ''; continue }",
    "    if ($word.StartsWith('-')) {",
    "      if ($script:DsdnNodes[$prefix].Values.ContainsKey($word)) { $flag = $word }",
    "      continue",
    "    }",
    '    $longer = "$prefix $word".Trim()',
    "    if ($count -eq 0 -and $script:DsdnNodes.ContainsKey($longer)) { $prefix = $longer } else { $count++ }",
    "  }",
    "  $node = $script:DsdnNodes[$prefix]",
    "  $offer = [ordered]@{}",
    "  $values = $null",
    "  if ($flag) { $values = $node.Values[$flag] }",
    "  elseif ($wordToComplete.StartsWith('-')) { $offer = $node.Flags }",
    "  else {",
    "    if ($count -eq 0) { $offer = $node.Next }",
    '    $values = $node.Values["$count"]',
    "    if ($null -eq $values) { $values = $node.Values['*'] }",
    "  }",
    "  $found = @($offer.Keys | ForEach-Object { [pscustomobject]@{ Text = $_; About = $offer[$_] } })",
    "  if ($values -is [string]) { $values = @($null | dsdn completion powershell --names $values 2>$null) }",
    "  if ($values) { $found += @($values | ForEach-Object { [pscustomobject]@{ Text = $_; About = $_ } }) }",
    '  $found | Where-Object { $_.Text -like "$wordToComplete*" } | ForEach-Object {',
    // Names are anybody's: what PowerShell could read as more than a word is quoted, as it quotes itself.
    `    $text = if ($_.Text -cmatch '${PLAIN}') { $_.Text } else { "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($_.Text) + "'" }`,
    "    $about = if ($_.About) { $_.About } else { $_.Text }",
    "    [System.Management.Automation.CompletionResult]::new($text, $_.Text, 'ParameterValue', $about)",
    "  }",
    "}",
  ].join("\n");
}

/** A word that needs no quotes. */
const PLAIN = "^[A-Za-z0-9_./+-][A-Za-z0-9_./:=+-]*$";

function writeNode({ prefix, next, flags, args, isLastRepeated }: CompletionNode): string[] {
  const values = [
    ...flags.flatMap((flag) => {
      const { values: own } = flag;
      if (own === undefined) return [];
      return [`--${flag.name}`, ...(flag.char === undefined ? [] : [`-${flag.char}`])].map(
        (name) => [name, own] as const,
      );
    }),
    ...args.map((own, index) => [isLastRepeated && index === args.length - 1 ? "*" : String(index), own] as const),
  ];
  return [
    `  ${quote(prefix)} = @{`,
    `    Next = [ordered]@{ ${next.map(({ word, text }) => `${quote(word)} = ${quote(text)}`).join("; ")} }`,
    `    Flags = [ordered]@{ ${flags.map(({ name, text }) => `${quote(`--${name}`)} = ${quote(text)}`).join("; ")} }`,
    `    Values = @{ ${values.map(([name, own]) => `${quote(name)} = ${show(own)}`).join("; ")} }`,
    "  }",
  ];
}

// A list of words as they are; a text names what is to be asked for.
function show(values: Values): string {
  if (values.kind === "any") return "@()";
  return values.kind === "names" ? quote(values.names) : `@(${values.words.map(quote).join(", ")})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: the shell text ends here */
