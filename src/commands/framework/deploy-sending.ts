import { fail } from "../../base/index.ts";
import type { Preview, UploadInput, UploadProgress } from "../../client/index.ts";
import type { BuiltPackage } from "../../packager/index.ts";
import type { CommandContext } from "./base-command.ts";
import { deploymentErrors } from "./deployment-errors.ts";
import type { OpenNetwork } from "./network.ts";
import { stopwatch } from "./stopwatch.ts";

const texts = {
  uploading: { en: "Uploading to DSDN", id: "Mengunggah ke DSDN" },
  scheduling: { en: "Scheduling workload", id: "Menjadwalkan beban kerja" },
  onItsWay: {
    en: "the data-availability log has not taken the submission yet",
    id: "log ketersediaan data belum menerima kirimannya",
  },
} as const;

const PUBLISH_TIMEOUT_MS = 300_000;

/**
 * Uploads and submits a signed package; two steps for the user, one request for the network.
 * @throws DSDN_CLIENT_*, DSDN_COMMANDS_DEPLOY_NOT_ANSWERING when the log did not take it in time
 */
export async function sendPackage(
  { ui, clock, signal }: CommandContext,
  client: OpenNetwork["client"],
  { name, spec, input, preview }: { name: string; spec: BuiltPackage["spec"]; input: UploadInput; preview?: Preview },
) {
  const watch = stopwatch(() => clock.monotonicMs());
  const durable = Promise.withResolvers<void>();
  let show: (progress: UploadProgress) => void = () => {};
  const deploying = client.deployments.deploy(input, {
    name,
    spec,
    signal,
    ...(preview === undefined ? {} : { preview }),
    publishTimeoutMs: PUBLISH_TIMEOUT_MS,
    onProgress: (progress) => show(progress),
    onStage: (stage) => {
      if (stage === "durable") durable.resolve();
    },
  });
  await ui.progress.run(ui.say(texts.uploading), (step) => {
    show = ({ doneBytes, totalBytes }) => step.update(doneBytes, totalBytes);
    return Promise.race([durable.promise, deploying]);
  });
  show = () => {};
  const uploadMs = watch();
  const deployed = await ui.progress.run(ui.say(texts.scheduling), () => deploying);
  if (deployed.upload.stage !== "published") {
    const state = ui.say(texts.onItsWay);
    throw fail(deploymentErrors.deployNotAnswering, { name, seconds: PUBLISH_TIMEOUT_MS / 1000, state });
  }
  return { deployed, uploadMs, scheduleMs: watch() };
}
