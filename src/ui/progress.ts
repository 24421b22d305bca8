import { type Clock, escapeForTerminal, type Language } from "../base/index.ts";
import { formatBytes, formatDuration } from "./format.ts";
import { wrap } from "./layout.ts";
import { composeLine } from "./live-line.ts";
import { messages } from "./messages.ts";
import { createPaceMeter, type PaceMeter } from "./pace.ts";
import { createStyle } from "./style.ts";
import { symbolsOf } from "./symbols.ts";
import type { Terminal } from "./terminal.ts";
import { createSay } from "./texts.ts";

/** Tells a running step how far it is. Calls are cheap and may be many. */
export interface ProgressStep {
  /** @param doneBytes - since the start of the step. @param totalBytes - when it is known. */
  update(doneBytes: number, totalBytes?: number): void;
  /** The same for what is counted by the piece. */
  count(done: number, total?: number): void;
  /** Shows a short remark beside the step's title. */
  note(text: string): void;
}

/** Shows on stderr what is going on. Never writes to stdout. */
export interface Progress {
  /** Runs `work` as a named step; the step is shown as done, stopped or failed, and an error passes through. */
  run<T>(title: string, work: (step: ProgressStep) => Promise<T>): Promise<T>;
}

/** `live` redraws one line; `plain` prints a line at the start and the end of a step; `silent` prints nothing. */
export type ProgressMode = "live" | "plain" | "silent";

/**
 * Live on a terminal that is no build server; elsewhere silent, or plain lines when `-v` asks for them. Silent under
 * `--quiet` and `--json`.
 */
export function pickProgressMode(
  terminal: Pick<Terminal, "env" | "isErrorTty">,
  options: { isQuiet: boolean; isJson: boolean; level: number },
): ProgressMode {
  if (options.isQuiet || options.isJson) return "silent";
  const isLive = terminal.isErrorTty && terminal.env["TERM"] !== "dumb" && !isInCi(terminal.env);
  if (isLive) return "live";
  return options.level > 0 ? "plain" : "silent";
}

/** True when a build server runs us. */
export function isInCi(env: Terminal["env"]): boolean {
  return Boolean(env["CI"]) && env["CI"] !== "false" && env["CI"] !== "0";
}

type StepOptions = { readonly language: Language; readonly signal: AbortSignal };
type StepDeps = { readonly terminal: Terminal; readonly clock: Clock };

/** @param options.mode - see `pickProgressMode`. @param options.signal - tells a step that was stopped from a failure */
export function createProgress(options: StepOptions & { readonly mode: ProgressMode }, deps: StepDeps): Progress {
  if (options.mode === "silent") return { run: (_title, work) => work(SILENT_STEP) };
  return {
    run: async (title, work) => {
      const step = options.mode === "live" ? await startLive(title, options, deps) : startPlain(title, options, deps);
      try {
        const result = await work(step);
        step.finish("done");
        return result;
      } catch (error) {
        step.finish(options.signal.aborted ? "stopped" : "failed");
        throw error;
      }
    },
  };
}

const SILENT_STEP: ProgressStep = { update: () => {}, count: () => {}, note: () => {} };

type Ending = "done" | "stopped" | "failed";

interface RunningStep extends ProgressStep {
  finish(ending: Ending): void;
}

/** What both kinds of steps keep. */
function followStep({ clock }: StepDeps) {
  const monotonicMs = () => clock.monotonicMs();
  const startMs = monotonicMs();
  let meter: PaceMeter | undefined;
  let note = "";
  const follow = (unit: "bytes" | "items") => (done: number, total?: number) => {
    meter ??= createPaceMeter(unit, monotonicMs);
    meter.update(done, total);
  };
  return {
    step: {
      update: follow("bytes"),
      count: follow("items"),
      note: (text: string) => {
        note = escapeForTerminal(text);
      },
    },
    read: () => ({ pace: meter?.read(), note, elapsedMs: monotonicMs() - startMs }),
  };
}

function startPlain(title: string, options: StepOptions, deps: StepDeps): RunningStep {
  const { step, read } = followStep(deps);
  deps.terminal.writeError(`${title} ...\n`);
  return {
    ...step,
    finish: (ending) => deps.terminal.writeError(`${closing(title, ending, { ...read(), ...options })}\n`),
  };
}

/** The spinner's symbol and the space after it. */
const SYMBOL_COLUMNS = 2;
const REDRAW_MS = 200;

async function startLive(title: string, options: StepOptions, deps: StepDeps): Promise<RunningStep> {
  const { default: ora } = await import("ora");
  const { terminal, clock } = deps;
  const { step, read } = followStep(deps);
  const symbols = symbolsOf(terminal.hasUnicode);
  const style = createStyle(terminal.env, terminal.isErrorTty);
  // The last column stays free: some terminals go to the next line as soon as it is written.
  const columnsNow = () => Math.max(10, terminal.columns - SYMBOL_COLUMNS - 1);
  const { frames, intervalMs } = symbols.spinner;
  const spinner = ora({
    text: title,
    stream: process.stderr,
    discardStdin: false,
    color: style.hasColours ? "cyan" : false,
    spinner: { frames: [...frames], interval: intervalMs },
  });
  const compose = () => composeLine({ title, ...read() }, { columns: columnsNow(), symbols, ...options });
  let cancel = () => {};
  const redraw = () => {
    spinner.text = compose();
    cancel = clock.after(REDRAW_MS, redraw);
  };
  redraw();
  spinner.start();
  return {
    ...step,
    finish: (ending) => {
      cancel();
      const closed = closing(title, ending, { ...read(), ...options });
      const text = wrap(closed, columnsNow()).join(`\n${" ".repeat(SYMBOL_COLUMNS)}`);
      const mark = { done: style.good, stopped: style.note, failed: style.bad }[ending];
      spinner.stopAndPersist({ symbol: mark(symbols[ending]), text });
    },
  };
}

const CLOSINGS = { done: messages.stepDone, stopped: messages.stepStopped, failed: messages.stepFailed } as const;
const RATE_MS_MIN = 1_000;

type Course = ReturnType<ReturnType<typeof followStep>["read"]>;

/** "Uploading photos: done in 3.2 s (48.0 MiB, 15.0 MiB/s)" */
function closing(title: string, ending: Ending, { pace, elapsedMs, language }: Course & StepOptions): string {
  const line = createSay(language)(CLOSINGS[ending], { title, duration: formatDuration(elapsedMs) });
  if (pace?.unit !== "bytes" || pace.done <= 0 || elapsedMs < RATE_MS_MIN) return line;
  return `${line} (${formatBytes(pace.done)}, ${formatBytes((pace.done / elapsedMs) * 1000)}/s)`;
}
