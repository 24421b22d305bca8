import { type Clock, escapeForTerminal, type Language } from "../base/index.ts";
import { formatBytes, formatDuration, formatTimeLeft } from "./format.ts";
import { wrap } from "./layout.ts";
import { messages } from "./messages.ts";
import type { Terminal } from "./terminal.ts";
import { createSay } from "./texts.ts";

/** Tells a running step how far it is. Calls are cheap and may be many. */
export interface ProgressStep {
  /** @param doneBytes - since the start of the step. @param totalBytes - when it is known. */
  update(doneBytes: number, totalBytes?: number): void;
  /** Shows a short remark beside the step's title. */
  note(text: string): void;
}

/** Shows on stderr what is going on. Never writes to stdout. */
export interface Progress {
  /** Runs `work` as a named step; the step is shown as done or failed, and an error passes through. */
  run<T>(title: string, work: (step: ProgressStep) => Promise<T>): Promise<T>;
}

/** `live` redraws one line; `plain` prints a line at the start and the end of a step; `silent` prints nothing. */
export type ProgressMode = "live" | "plain" | "silent";

/**
 * Live on a terminal, plain lines elsewhere; silent under `--quiet` or `--json`, and in CI unless `-v` asks for it.
 */
export function pickProgressMode(
  terminal: Pick<Terminal, "env" | "isErrorTty">,
  options: { isQuiet: boolean; isJson: boolean; level: number },
): ProgressMode {
  if (options.isQuiet) return "silent";
  const isCi = isInCi(terminal.env);
  if (options.isJson || isCi) return options.level > 0 && !options.isJson ? "plain" : "silent";
  return terminal.isErrorTty && terminal.env["TERM"] !== "dumb" ? "live" : "plain";
}

/** True when a build server runs us. */
export function isInCi(env: Terminal["env"]): boolean {
  return Boolean(env["CI"]) && env["CI"] !== "false" && env["CI"] !== "0";
}

/** @param options.mode - see `pickProgressMode`. */
export function createProgress(
  options: { mode: ProgressMode; language: Language },
  deps: { terminal: Terminal; clock: Clock },
): Progress {
  if (options.mode === "silent") return { run: (_title, work) => work(SILENT_STEP) };
  return {
    run: async (title, work) => {
      const step = options.mode === "live" ? await startLive(title, options, deps) : startPlain(title, options, deps);
      try {
        const result = await work(step);
        step.finish(true);
        return result;
      } catch (error) {
        step.finish(false);
        throw error;
      }
    },
  };
}

const SILENT_STEP: ProgressStep = { update: () => {}, note: () => {} };

interface RunningStep extends ProgressStep {
  finish(isDone: boolean): void;
}

type StepOptions = { readonly language: Language };
type StepDeps = { readonly terminal: Terminal; readonly clock: Clock };

function startPlain(title: string, options: StepOptions, deps: StepDeps): RunningStep {
  const startMs = deps.clock.monotonicMs();
  deps.terminal.writeError(`${title} ...\n`);
  return {
    ...SILENT_STEP,
    finish: (isDone) => deps.terminal.writeError(`${closing(title, isDone, { startMs, ...options, ...deps })}\n`),
  };
}

/** The spinner's symbol and the space after it. */
const SYMBOL_COLUMNS = 2;

async function startLive(title: string, options: StepOptions, deps: StepDeps): Promise<RunningStep> {
  const { default: ora } = await import("ora");
  const startMs = deps.clock.monotonicMs();
  const spinner = ora({ text: title, stream: process.stderr, discardStdin: false }).start();
  let note = "";
  let rate = "";
  const redraw = () => {
    spinner.text = [title, rate, note].filter((part) => part !== "").join("  ");
  };
  return {
    update: (doneBytes, totalBytes) => {
      rate = describeRate(doneBytes, totalBytes, { elapsedMs: deps.clock.monotonicMs() - startMs, ...options });
      redraw();
    },
    note: (text) => {
      note = escapeForTerminal(text);
      redraw();
    },
    finish: (isDone) => {
      const closed = closing(title, isDone, { startMs, ...options, ...deps });
      const text = wrap(closed, deps.terminal.columns - SYMBOL_COLUMNS).join(`\n${" ".repeat(SYMBOL_COLUMNS)}`);
      if (isDone) spinner.succeed(text);
      else spinner.fail(text);
    },
  };
}

/** How far, how fast and how long still: "12 MiB of 48 MiB  6.0 MiB/s  about 6.0 s left". */
export function describeRate(
  doneBytes: number,
  totalBytes: number | undefined,
  options: { elapsedMs: number; language: Language },
): string {
  const of = options.language === "id" ? "dari" : "of";
  const amount =
    totalBytes === undefined ? formatBytes(doneBytes) : `${formatBytes(doneBytes)} ${of} ${formatBytes(totalBytes)}`;
  if (options.elapsedMs < 500 || doneBytes <= 0) return amount;
  const bytesPerMs = doneBytes / options.elapsedMs;
  const parts = [amount, `${formatBytes(bytesPerMs * 1000)}/s`];
  if (totalBytes !== undefined && doneBytes < totalBytes) {
    parts.push(formatTimeLeft((totalBytes - doneBytes) / bytesPerMs, options.language));
  }
  return parts.join("  ");
}

function closing(title: string, isDone: boolean, watch: StepDeps & StepOptions & { startMs: number }): string {
  const duration = formatDuration(watch.clock.monotonicMs() - watch.startMs);
  return createSay(watch.language)(isDone ? messages.stepDone : messages.stepFailed, { title, duration });
}
