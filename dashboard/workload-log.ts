import { ask, Refusal, read } from "./api.ts";
import { pause, type Store } from "./follow.ts";
import type { LogLine, OpenedDeployment, WorkloadLog } from "./view.ts";

const LINES_KEPT = 300;
const TEXT_SHOWN = 2_000;
const AGAIN_MS = 2_000;
/** A log is followed as long as it is open; the browser's own limit on a request's time is none. */
const FOLLOW_MS = 24 * 3_600_000;

/** Reads the details of a deployment again and again, and follows the log of the version that is shown. */
export async function followWorkloadLog(store: Store, id: string, signal: AbortSignal): Promise<void> {
  const set = (change: Partial<OpenedDeployment>) => {
    const { opened } = store.get();
    if (opened?.id === id && !signal.aborted) store.set({ opened: { ...opened, ...change } });
  };
  let followed: { readonly workload: string; readonly stop: AbortController } | undefined;
  while (!signal.aborted) {
    try {
      const details = await read("deployment", { id, signal });
      set({ details });
      const shown = store.get().deployments?.deployments.find(({ deployment }) => deployment === id)?.shown;
      const workload = shown?.workload ?? details.workloads[0]?.workload;
      if (workload !== undefined && workload !== followed?.workload) {
        followed?.stop.abort();
        const stop = new AbortController();
        followed = { workload, stop };
        const setLog = (log: WorkloadLog) => set({ log });
        const both = AbortSignal.any([signal, stop.signal]);
        void readLog(store, { workload, owner: details.owner }, { setLog, signal: both });
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    await pause(AGAIN_MS);
  }
}

async function readLog(
  store: Store,
  subject: { readonly workload: string; readonly owner: string },
  { setLog, signal }: { readonly setLog: (log: WorkloadLog) => void; readonly signal: AbortSignal },
): Promise<void> {
  setLog({ state: "loading" });
  while (!signal.aborted) {
    try {
      const door = await store.get().control.door;
      const request = await door?.findLogRequest(subject.workload, subject.owner);
      if (request === undefined) return setLog({ state: "private" });
      const url = `/v1/workloads/${subject.workload}/logs?follow=1`;
      const response = await ask(url, { headers: { "dsdn-log-request": request }, signal }, FOLLOW_MS);
      let lines: readonly LogLine[] = [];
      setLog({ state: "open", lines });
      for await (const part of readLines(response)) {
        lines = [...lines, ...part].slice(-LINES_KEPT);
        setLog({ state: "open", lines });
      }
    } catch (error) {
      if (error instanceof Refusal && error.code === "DSDN_NODE_LOG_PRIVATE") return setLog({ state: "private" });
      setLog({ state: "away" });
    }
    await pause(AGAIN_MS);
  }
}

async function* readLines(response: Response): AsyncGenerator<LogLine[]> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const step = await reader?.read();
    if (step === undefined || step.done) return;
    const parts = `${rest}${step.value}`.split("\n");
    rest = parts.pop() ?? "";
    yield parts.flatMap((part) => parseLine(part) ?? []);
  }
}

function parseLine(text: string): LogLine | undefined {
  try {
    const { timeMs, stream, text: said } = Object(JSON.parse(text)) as { readonly [field: string]: unknown };
    return { timeMs: Number(timeMs), stream: String(stream), text: String(said).slice(0, TEXT_SHOWN) };
  } catch {
    return undefined;
  }
}
