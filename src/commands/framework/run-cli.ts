import { type Clock, DsdnError, type ErrorSpec, fail, findCandidates } from "../../base/index.ts";
import { type KeptSettings, type LoadedConfig, loadConfig } from "../../profile/index.ts";
import { createUi, type Terminal, type Ui } from "../../ui/index.ts";
import type { CommandClass, CommandContext } from "./base-command.ts";
import { commandErrors } from "./errors.ts";
import { type Globals, guessGlobals, parseGlobals } from "./globals.ts";
import { writeCommand, writeOverview, writeTopic } from "./help/help.ts";
import { type CommandEntry, findCommand, type Manifest } from "./manifest.ts";
import { parseOnce } from "./parse-once.ts";
import { createTrace, type Trace } from "./trace.ts";
import { flagUnknown } from "./usage-errors.ts";

/** A module with a command and the runner that knows its framework. */
export interface CommandModule {
  readonly default: CommandClass;
  run(commandClass: CommandClass, argv: string[], context: CommandContext, id: string): Promise<number>;
}

export interface CliDeps {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly manifest: Manifest;
  readonly signal: AbortSignal;
  /** Loads the module of one command; no other command is loaded. */
  load(file: string): Promise<CommandModule>;
  /** Every error of every room, sorted by code. */
  listErrors(): Promise<readonly ErrorSpec[]>;
}

/** Runs one call of the program. @param argv - without node and script. @returns the exit code; never throws. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  const trace = createTrace(deps.clock);
  const config = await loadConfig(deps.terminal);
  const wishes = { env: deps.terminal.env, kept: keptIn(config) };
  const guessed = guessGlobals(argv, wishes);
  let ui = createUi({ ...guessed, signal: deps.signal }, deps);
  try {
    const { globals, rest } = parseGlobals(argv, wishes);
    ui = createUi({ ...globals, signal: deps.signal }, deps);
    return await dispatch(rest, { ...deps, argv, globals, ui, config, trace });
  } catch (error) {
    ui.error(error);
    return error instanceof DsdnError ? error.spec.exit : 1;
  }
}

/**
 * Tells of a fault that no command caught, with where it happened: a role that ran for days cannot be run again to see.
 *
 * @returns the exit code.
 */
export function tellCrash(
  argv: readonly string[],
  error: unknown,
  deps: Pick<CliDeps, "terminal" | "clock" | "signal">,
): number {
  const globals = guessGlobals(argv, { env: deps.terminal.env, kept: {} });
  createUi({ ...globals, level: 3, signal: deps.signal }, deps).error(error);
  return error instanceof DsdnError ? error.spec.exit : 1;
}

/** What cannot be read says nothing here: a command that needs it refuses. */
function keptIn(config: LoadedConfig): KeptSettings {
  try {
    return config.get().settings;
  } catch {
    return {};
  }
}

interface Call extends CliDeps {
  readonly argv: readonly string[];
  readonly globals: Globals;
  readonly ui: Ui;
  readonly config: LoadedConfig;
  readonly trace: Trace;
}

async function dispatch(rest: string[], deps: Call): Promise<number> {
  const { manifest, globals, ui, config, trace } = deps;
  const [first] = rest;
  if (globals.wantsVersion && first === undefined) return showVersion(deps);
  if (first === undefined) return showHelp([], ui, deps);
  if (first === "help" && !globals.wantsHelp) {
    refuseFlags("help", rest);
    return showHelp(rest.slice(1), ui, deps);
  }
  if (globals.wantsHelp) return showHelp(rest, ui, deps);
  const entry = findCommand(manifest, rest);
  if (entry === undefined) {
    if (findTopic(rest, manifest) === rest.join(" ")) return showHelp(rest, ui, deps);
    throw unknown(rest, manifest);
  }
  const argv = rest.slice(entry.id.split(" ").length);
  if (entry.file === undefined) {
    refuseFlags(entry.id, argv);
    if (argv.length > 0) throw fail(commandErrors.argumentUnexpected, { command: entry.id, argument: `'${argv[0]}'` });
    return showVersion(deps);
  }
  parseOnce(entry.id);
  const module = await deps.load(entry.file);
  const { argv: typed, clock, signal, listErrors } = deps;
  const context: CommandContext = { ui, globals, argv: typed, config, clock, signal, manifest, trace, listErrors };
  return module.run(module.default, argv, context, entry.id);
}

/** The commands that need no module have no flags of their own. */
function refuseFlags(command: string, words: readonly string[]): void {
  const flag = words.find((word) => word.startsWith("-"));
  if (flag !== undefined) throw flagUnknown([flag], command, []);
}

const DONE = { exitCode: 0 };

function showVersion({ ui, manifest, trace }: Call): number {
  const { version } = manifest;
  const details = { node: process.version, platform: `${process.platform}-${process.arch}` };
  ui.result(trace.complete({ summary: { version }, details, audit: [] }, DONE), [
    `dsdn ${version}`,
    { essential: version },
  ]);
  return 0;
}

function showHelp(words: readonly string[], ui: Ui, deps: Call): number {
  const { manifest, terminal, trace } = deps;
  const entry = findCommand(manifest, words);
  const topic = findTopic(words, manifest);
  if (entry === undefined && topic === undefined && words.length > 0) throw unknown(words, manifest);
  const columns = terminal.isOutputTty ? Math.min(100, Math.max(20, terminal.columns)) : 100;
  const options = { language: ui.language, columns, style: ui.style };
  const lines =
    entry !== undefined
      ? writeCommand(entry, options)
      : topic !== undefined
        ? writeTopic(topic, manifest, options)
        : writeOverview(manifest, options);
  const shown: readonly CommandEntry[] = entry === undefined ? inTopic(manifest, topic) : [entry];
  const result = { summary: { commands: shown }, details: {}, audit: [] };
  if (ui.isJson) ui.result(trace.complete(result, DONE), []);
  else terminal.write(`${lines.join("\n")}\n`);
  return 0;
}

function inTopic(manifest: Manifest, topic: string | undefined): readonly CommandEntry[] {
  return topic === undefined
    ? manifest.commands
    : manifest.commands.filter((entry) => entry.id.startsWith(`${topic} `));
}

function findTopic(words: readonly string[], manifest: Manifest): string | undefined {
  const plain = words.filter((word) => !word.startsWith("-"));
  for (let length = plain.length; length > 0; length -= 1) {
    const topic = plain.slice(0, length).join(" ");
    if (inTopic(manifest, topic).length > 0) return topic;
  }
  return undefined;
}

function unknown(rest: readonly string[], manifest: Manifest): DsdnError {
  const words = rest.filter((word) => !word.startsWith("-"));
  const isGrouped = words[0] !== undefined && inTopic(manifest, words[0]).length > 0;
  const typed = words.slice(0, isGrouped ? 2 : 1).join(" ") || (rest[0] ?? "");
  const candidates = findCandidates(
    manifest.commands.map(({ id }) => id),
    typed,
  );
  return fail(commandErrors.commandUnknown, {
    command: typed.slice(0, 80),
    candidates: (candidates.length > 0 ? candidates : ["help"]).join(", "),
  });
}
