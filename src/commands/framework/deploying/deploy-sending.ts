import { fail } from "../../../base/index.ts";
import type { Preview, UploadInput, UploadProgress } from "../../../client/index.ts";
import type { BuiltPackage } from "../../../packager/index.ts";
import type { ProgressStep } from "../../../ui/index.ts";
import type { CommandContext } from "../base-command.ts";
import { describeLogWait } from "../destination/log-wait.ts";
import type { OpenNetwork } from "../destination/network.ts";
import { stopwatch } from "../stopwatch.ts";
import { deploymentErrors } from "./deployment-errors.ts";

const texts = {
  uploading: { en: "Uploading to DSDN", id: "Mengunggah ke DSDN" },
  scheduling: { en: "Scheduling workload", id: "Menjadwalkan beban kerja" },
  waiting: { en: "Waiting for nodes", id: "Menunggu node" },
} as const;

/** Waits for what becomes of a version, and notes on the way what to show. @returns the HTTP status it answered with, or null. */
export type Wait = (workload: string, step: Pick<ProgressStep, "note">, signal: AbortSignal) => Promise<number | null>;

interface Sending {
  readonly name: string;
  readonly spec: BuiltPackage["spec"];
  readonly input: UploadInput;
  readonly preview?: Preview | undefined;
  /** Undefined when nobody waits. */
  readonly wait: Wait | undefined;
}

/**
 * Uploads and submits a signed package, and waits for what becomes of it; three steps for the user. The wait begins when
 * the submission is durable, and goes on while the log takes it and what proves it is fetched and checked.
 * @throws what `wait` throws, DSDN_CLIENT_*, DSDN_COMMANDS_DEPLOY_NOT_ANSWERING when the log did not take it in time
 */
export async function sendPackage(
  { ui, clock, signal }: CommandContext,
  client: OpenNetwork["client"],
  { name, spec, input, preview, wait }: Sending,
) {
  const watch = stopwatch(() => clock.monotonicMs());
  const durable = Promise.withResolvers<void>();
  const waiting = wait === undefined ? undefined : beginWaiting(wait, signal);
  let show: (progress: UploadProgress) => void = () => {};
  let obstacle: UploadProgress["obstacle"];
  const deploying = client.deployments.deploy(input, {
    name,
    spec,
    signal,
    ...(preview === undefined ? {} : { preview }),
    onProgress: (progress) => {
      ({ obstacle } = progress);
      show(progress);
    },
    onStage: (stage, workload) => {
      if (stage !== "durable") return;
      durable.resolve();
      waiting?.begin(workload);
    },
  });
  // It may fail before the step is drawn, which tells of it.
  deploying.catch(() => {});
  try {
    await ui.progress.run(ui.say(texts.uploading), (step) => {
      show = ({ doneBytes, totalBytes }) => step.update(doneBytes, totalBytes);
      return Promise.race([durable.promise, deploying]);
    });
    const uploadMs = watch();
    const deployed = await ui.progress.run(ui.say(texts.scheduling), async (step) => {
      show = (progress) => step.note(progress.obstacle === undefined ? "" : describeLogWait(progress.obstacle, ui.say));
      const result = await deploying;
      if (result.upload.stage === "published") return result;
      const state = describeLogWait(obstacle, ui.say);
      throw fail(deploymentErrors.deployNotAnswering, { name, seconds: Math.round(watch() / 1000), state });
    });
    const scheduleMs = watch();
    const answerStatus =
      waiting === undefined ? null : await ui.progress.run(ui.say(texts.waiting), (step) => waiting.end(step));
    return { deployed, answerStatus, uploadMs, scheduleMs, waitMs: watch() };
  } finally {
    waiting?.stop();
  }
}

/** A wait that may begin before its step is shown. */
function beginWaiting(wait: Wait, signal: AbortSignal) {
  let shown: Pick<ProgressStep, "note"> = { note: () => {} };
  let stopping = new AbortController();
  let waiting: Promise<number | null> = Promise.resolve(null);
  const stop = (): void => stopping.abort();
  return {
    /** Called once more when the log refused the session and the submission was made anew, under another id. */
    begin(workload: string): void {
      stop();
      stopping = new AbortController();
      waiting = wait(workload, { note: (text) => shown.note(text) }, AbortSignal.any([signal, stopping.signal]));
      // Its failure is told when its turn has come.
      waiting.catch(() => {});
    },
    end(step: ProgressStep): Promise<number | null> {
      shown = step;
      return waiting;
    },
    stop,
  };
}
