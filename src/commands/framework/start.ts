import { type ErrorSpec, systemClock } from "../../base/index.ts";
import { systemTerminal } from "../../ui/index.ts";
import type { Manifest } from "./manifest.ts";
import { type CommandModule, runCli, tellCrash } from "./run-cli.ts";

/**
 * Runs the program once with this process's terminal and ends the process with its exit code.
 *
 * The first Ctrl-C (or SIGTERM) aborts the command's signal so that it can tidy up; the second ends at once with 130.
 */
export async function start(argv: readonly string[]): Promise<never> {
  const terminal = systemTerminal();
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new DOMException("interrupted", "AbortError"));
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, interrupt);
  terminal.onOutputClosed(() => controller.abort(new DOMException("output closed", "AbortError")));
  const clock = systemClock();
  process.on("uncaughtException", (error) => {
    const exitCode = tellCrash(argv, error, { terminal, clock, signal: controller.signal });
    void terminal.flush().then(() => process.exit(exitCode));
  });
  const { manifest } = (await import(beside("./manifest.js"))) as { manifest: Manifest };
  const load = async (file: string) => (await import(beside(`./${file}`))) as CommandModule;
  const listErrors = async () => ((await import(beside("./errors.js"))) as { errors: readonly ErrorSpec[] }).errors;
  const { signal } = controller;
  const exitCode = await runCli(argv, { terminal, clock, manifest, signal, load, listErrors });
  await terminal.flush();
  // A reader that had enough is not a failure.
  process.exit(terminal.isOutputClosed ? 0 : exitCode);
}

// The bundle keeps every module in one folder, whatever chunk this file ends in.
function beside(file: string): string {
  return new URL(file, import.meta.url).href;
}
