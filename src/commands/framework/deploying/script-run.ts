import { isUtf8 } from "node:buffer";
import { escapeForTerminal, fromUtf8, readFirstBytes } from "../../../base/index.ts";
import type { RunWish } from "../../../client/index.ts";
import type { CommandContext } from "../base-command.ts";
import type { OpenNetwork } from "../destination/network.ts";
import { waitForEnd } from "./deploy-waiting.ts";

/** One run of a script that has ended. */
export interface ScriptRun {
  readonly name: string;
  readonly run: number;
  readonly workload: string;
  /** As the program set it. */
  readonly exitCode: number;
  /** The object with what it wrote; null when it wrote nothing. */
  readonly output: string | null;
}

const texts = {
  submitting: { en: "Scheduling workload", id: "Menjadwalkan beban kerja" },
  running: { en: "Running {name}, run {run}", id: "Menjalankan {name}, run {run}" },
  finished: {
    en: "{name} finished with exit code {code}.",
    id: "{name} selesai dengan kode keluar {code}.",
  },
  left: {
    en: "Run {run} of {name} goes on. `dsdn jobs show {name}` tells what becomes of it, `dsdn jobs cancel {name}` ends it.",
    id: "Run {run} dari {name} tetap berjalan. `dsdn jobs show {name}` menampilkan hasilnya, `dsdn jobs cancel {name}` mengakhirinya.",
  },
} as const;

const SHOWN_OUTPUT_BYTES = 1024 * 1024;

/**
 * Runs a script once with other arguments or input and waits for its end; whoever stops waiting is told that the run
 * goes on.
 *
 * @throws DSDN_CLIENT_*, DSDN_COMMANDS_DEPLOY_REFUSED, DSDN_COMMANDS_DEPLOY_FAILED, DSDN_COMMANDS_DEPLOY_NOT_ANSWERING
 */
export async function runScript(
  context: CommandContext,
  network: OpenNetwork,
  { name, ...wish }: { readonly name: string } & Pick<RunWish, "args" | "stdin">,
): Promise<ScriptRun> {
  const { ui, signal } = context;
  const { client } = network;
  const started = await ui.progress.run(ui.say(texts.submitting), async () => {
    const { workload } = await client.settings.run(name, { ...wish, signal });
    return client.deployments.workload(workload, signal);
  });
  const { workload, number: run } = started;
  const ended = await ui.progress.run(ui.say(texts.running, { name, run }), async (step) => {
    try {
      await waitForEnd(context, network)({ name, workload }, step);
      return await client.deployments.workload(workload, signal);
    } catch (error) {
      if (signal.aborted) ui.remark(ui.say(texts.left, { name, run }));
      throw error;
    }
  });
  const { exitCodeOf } = await import("../../../client/index.ts");
  return { name, run, workload, exitCode: exitCodeOf(ended.reason), output: ended.output };
}

/**
 * Shows a run that has ended: its output goes to standard output as it is, what its program logged beside it.
 *
 * @param streams - which lines of the log.
 * @returns the output for `--json`, null when there is none; undefined when it was written.
 */
export async function showScriptRun(
  { ui, signal }: CommandContext,
  { client }: OpenNetwork,
  { name, workload, exitCode, output, streams, isEndTold }: ShownRun,
): Promise<RunOutput | null | undefined> {
  if (streams.length > 0 && !ui.isJson) {
    for await (const line of client.deployments.logs(workload, { signal })) {
      if (streams.includes(line.stream)) ui.remark(escapeForTerminal(line.text));
    }
  }
  if (isEndTold) ui.remark(ui.say(texts.finished, { name, code: exitCode }));
  const parts = output === null ? [] : client.storage.read(output, { signal });
  if (ui.isJson) return output === null ? null : { object: output, text: await readText(parts) };
  for await (const part of parts) ui.raw(part);
  return undefined;
}

/** What a run wrote: as text when it is UTF-8 and at most 1 MiB, by its object otherwise. */
export interface RunOutput {
  readonly object: string;
  readonly text: string | null;
}

interface ShownRun extends Pick<ScriptRun, "name" | "workload" | "exitCode" | "output"> {
  readonly streams: readonly ("stdout" | "stderr" | "system")[];
  /** Tells the exit code in words. */
  readonly isEndTold: boolean;
}

async function readText(parts: AsyncIterable<Uint8Array> | readonly Uint8Array[]): Promise<string | null> {
  const bytes = await readFirstBytes(parts, SHOWN_OUTPUT_BYTES + 1);
  return bytes.length <= SHOWN_OUTPUT_BYTES && isUtf8(bytes) ? fromUtf8(bytes) : null;
}
