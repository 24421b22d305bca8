import { Command } from "@oclif/core/command";
import { Config } from "@oclif/core/config";
import { type Clock, type DsdnError, type ErrorSpec, fail, toDsdnError } from "../../base/index.ts";
import type { LoadedConfig } from "../../profile/index.ts";
import {
  type Block,
  type CommandResult,
  formatLabel,
  formatValue,
  type JsonError,
  type Say,
  type Text,
  toJsonError,
  toJsonText,
  type Ui,
} from "../../ui/index.ts";
import { commandErrors } from "./errors.ts";
import type { Globals } from "./globals.ts";
import type { CommandExample, Manifest } from "./manifest.ts";
import { toShellLine } from "./shell-words.ts";
import type { Trace } from "./trace.ts";
import { toUsageError } from "./usage-errors.ts";
import { wordError } from "./word-error.ts";

/** What a command says about itself in the help. */
export interface CommandTexts {
  readonly summary: Text;
  readonly description?: Text;
  readonly examples?: readonly CommandExample[];
}

/** What one call of the program gives its command. */
export interface CommandContext {
  readonly ui: Ui;
  readonly clock: Clock;
  readonly globals: Globals;
  /** What was typed after the name of the program. */
  readonly argv: readonly string[];
  /** What the user keeps. */
  readonly config: LoadedConfig;
  /** Aborted by Ctrl-C, SIGTERM, or when the reader of stdout goes away. */
  readonly signal: AbortSignal;
  /** Counts what this run does, for the levels of its answer. */
  readonly trace: Trace;
  /** Every command of the program, for those that speak about commands. */
  readonly manifest: Manifest;
  /** Every error of every room, sorted by code. */
  listErrors(): Promise<readonly ErrorSpec[]>;
}

/** The class of a command, as its module exports it by default. */
export interface CommandClass {
  new (argv: string[], config: CommandConfig): BaseCommand;
  readonly texts: CommandTexts;
}

/** The configuration oclif hands to a command: no plugins, no files read, only the context. */
export class CommandConfig extends Config {
  readonly context: CommandContext;

  constructor(context: CommandContext, id: string) {
    super({ root: "/" });
    this.context = context;
    this.name = "dsdn";
    this.bin = "dsdn";
    this.version = context.manifest.version;
    this.commandId = id;
  }

  readonly commandId: string;

  /** There are no plugins, hence no hooks. */
  override async runHook(): Promise<{ successes: []; failures: [] }> {
    return { successes: [], failures: [] };
  }
}

/**
 * A verb of the program. `run` parses, calls a door and returns its result; `view` says how the summary reads.
 * A command that streams prints with `this.ui.item` and returns undefined.
 *
 * Both exits of oclif (plain and `--json`) are replaced, so that a failure has the exit code of its error in either.
 */
export abstract class BaseCommand<S extends object = object> extends Command {
  /** What the help says; every command declares its own. */
  static readonly texts: CommandTexts;
  declare config: CommandConfig;
  /** Set to 3 by a command that did only a part of what was asked. */
  protected exitCode = 0;
  /** True while the same call, made again after Ctrl-C, skips the work this one did. */
  protected canResume = false;

  abstract override run(): Promise<CommandResult<S> | undefined>;

  /** The blocks of a summary; label and value pairs unless a command words it better. */
  protected view(summary: S, _say: Say): readonly Block[] {
    return [
      { pairs: Object.entries(summary).map(([name, value]) => [formatLabel(name), formatValue(name, value)] as const) },
    ];
  }

  protected get context(): CommandContext {
    return this.config.context;
  }

  protected get ui(): Ui {
    return this.config.context.ui;
  }

  protected get globals(): Globals {
    return this.config.context.globals;
  }

  protected get clock(): Clock {
    return this.config.context.clock;
  }

  protected get manifest(): Manifest {
    return this.config.context.manifest;
  }

  protected get signal(): AbortSignal {
    return this.config.context.signal;
  }

  /** Runs the command to its end and prints its result or its error. @returns the exit code. */
  async complete(): Promise<number> {
    const result = await this._run<CommandResult<S> | undefined>();
    this.ui.closeLine();
    if (result !== undefined && !this.jsonEnabled()) {
      this.ui.result(this.traced(result), this.view(result.summary, this.ui.say));
    }
    return this.exitCode;
  }

  /** oclif's own preparation reads the environment and warns about plugins; there is nothing to prepare here. */
  protected override async init(): Promise<void> {}

  override jsonEnabled(): boolean {
    return this.ui.isJson;
  }

  protected override logJson(json: unknown): void {
    this.ui.terminal.write(`${toJsonText(json, 2)}\n`);
  }

  protected override toSuccessJson(result: CommandResult<S>): CommandResult<S> {
    return this.traced(result);
  }

  /** The result with what every command says of itself; for a command that prints its own. */
  protected traced(result: CommandResult<S>): CommandResult<S> {
    return this.context.trace.complete(result, { exitCode: this.exitCode });
  }

  /** What the user typed, ready to be pasted. */
  protected get commandLine(): string {
    return toShellLine(["dsdn", ...this.context.argv]);
  }

  protected override toErrorJson(error: unknown): JsonError {
    return toJsonError(this.#translate(error), this.ui.language);
  }

  protected override async catch(error: unknown): Promise<void> {
    // oclif would warn about a command that failed before it parsed.
    this.parsed = true;
    const own = await wordError(this.#translate(error), () => this.context.listErrors());
    this.exitCode = own.spec.exit;
    if (this.ui.terminal.isOutputClosed) return;
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(own));
    else this.ui.error(own);
  }

  #translate(error: unknown): DsdnError {
    if (this.signal.aborted && isAbort(error, this.signal)) {
      return this.canResume
        ? fail(commandErrors.interruptedResumable, { command: this.commandLine }, { cause: error })
        : fail(commandErrors.interrupted, {}, { cause: error });
    }
    return toDsdnError(toUsageError(error, this.config.commandId, this.ctor) ?? error);
  }
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  if (error === signal.reason) return true;
  return error instanceof Error && (error.name === "AbortError" || isAbort(error.cause ?? undefined, signal));
}
