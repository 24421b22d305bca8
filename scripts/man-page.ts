// The manual page dsdn(1), from the same manifest as the help. The build writes it into dist/; npm links it for `man dsdn`.
import { globalFlags } from "../src/commands/framework/globals.ts";
import type { ArgumentEntry, CommandEntry, FlagEntry, Manifest } from "../src/commands/framework/manifest.ts";
import { wrap } from "../src/ui/layout.ts";

const EXITS: readonly (readonly [string, string])[] = [
  ["0", "Done."],
  ["1", "A bug of the program."],
  ["2", "Wrong usage: flags or arguments."],
  ["3", "Partly done, or a program of yours ended with another code than 0."],
  ["10-19", "This machine: files, ports, keys, settings."],
  ["20-29", "Your project: what it says, what it is packed into."],
  ["30-39", "The network; trying again often helps."],
  ["40-49", "A check failed: something lies or is damaged."],
  ["130", "Interrupted."],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ["DSDN_HOME", "Folder of keys, settings and the devnet; ~/.dsdn unless set."],
  ["DSDN_NETWORK", "Network to talk to, by its name here."],
  ["DSDN_INGRESS_ENDPOINT", "Ingress to talk to, by its address."],
  ["DSDN_TOKEN_FILE", "File with the token of an ingress that asks for one."],
  ["DSDN_LANG", "Language of the texts: en or id."],
  ["CI", "Set in CI: nothing is asked and no progress is drawn."],
  ["NO_COLOR, FORCE_COLOR", "Colours off, colours on."],
];

/** The page as roff, man(7) macros. @param manifest - of the build */
export function writeManPage(manifest: Manifest): string {
  const lines = [
    `.TH DSDN 1 "" "dsdn ${manifest.version}" "User Commands"`,
    ".SH NAME",
    text("dsdn - storage, compute and a devnet of a network you can verify by replaying its log"),
    ".SH SYNOPSIS",
    ".B dsdn",
    ".I command",
    "[\\fIarguments\\fR] [\\fIflags\\fR]",
    ".SH DESCRIPTION",
    text("Every command has --help with examples. deai-cli is the same program under its other name."),
    ".SH OPTIONS",
    text("Every command takes these."),
    ...globalFlags.flatMap(({ name, char, value, text: about }) => item(flagWords({ name, char }, value), about.en)),
    ".SH COMMANDS",
    ...manifest.commands.flatMap(writeCommand),
    ".SH EXIT STATUS",
    ...EXITS.flatMap(([code, meaning]) => item(bold(code), meaning)),
    ".SH ENVIRONMENT",
    ...ENVIRONMENT.flatMap(([name, meaning]) => item(bold(name), meaning)),
    ".SH SEE ALSO",
    text("dsdn explain <code> explains an error; dsdn doctor finds what keeps the program from working here."),
  ];
  return `${lines.join("\n")}\n`;
}

function writeCommand({ id, summary, description, args, flags, examples }: CommandEntry): string[] {
  return [
    `.SS "${toRoff(["dsdn", id, ...args.map(argumentWord)].join(" "))}"`,
    text(summary.en),
    ...(description === undefined ? [] : [".PP", text(description.en)]),
    ...args.flatMap((arg) => item(italic(arg.name), withChoices(arg))),
    ...flags.flatMap((flag) =>
      item(flagWords(flag, flag.takesValue ? (flag.choices?.join("|") ?? "value") : undefined), describe(flag)),
    ),
    ...(examples.length === 0 ? [] : [".PP", "Examples:"]),
    ...examples.flatMap(({ command, text: about }) => [
      ".PP",
      text(about.en),
      ".RS",
      ".EX",
      literal(`dsdn ${command}`),
      ".EE",
      ".RE",
    ]),
  ];
}

function argumentWord({ name, isRequired, isMultiple }: ArgumentEntry): string {
  const word = isMultiple ? `${name}...` : name;
  return isRequired ? `<${word}>` : `[${word}]`;
}

function withChoices({ text: about, choices }: ArgumentEntry): string {
  return choices === undefined ? about.en : `${about.en} (${choices.join(", ")})`;
}

function describe(flag: FlagEntry): string {
  const remarks = [
    ...(flag.isRequired ? ["required"] : []),
    ...(flag.default === undefined ? [] : [`default: ${flag.default}`]),
  ];
  return remarks.length === 0 ? flag.text.en : `${flag.text.en} (${remarks.join(", ")})`;
}

function flagWords(
  { name, char }: { readonly name: string; readonly char?: string | undefined },
  value?: string,
): string {
  const words = [...(char === undefined ? [] : [bold(`-${char}`)]), bold(`--${name}`)].join(", ");
  return value === undefined ? words : `${words} ${italic(value)}`;
}

function item(term: string, meaning: string): string[] {
  return [".TP", term, text(meaning)];
}

function bold(words: string): string {
  return `\\fB${toRoff(words)}\\fR`;
}

function italic(words: string): string {
  return `\\fI${toRoff(words)}\\fR`;
}

// A hyphen would be drawn as one that cannot be pasted.
function toRoff(words: string): string {
  return words
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha");
}

/** Lines of text of at most 80 columns; a dot or a quote at the start of one would be read as a request. */
function text(words: string): string {
  return wrap(toRoff(words), 78).map(asText).join("\n");
}

/** What is copied stays on one line. */
function literal(words: string): string {
  return asText(toRoff(words));
}

function asText(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}
