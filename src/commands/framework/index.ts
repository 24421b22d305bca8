export { openAccountAccess, passphraseFileFlag, storeFlag, toStoreKind } from "./account.ts";
export { BaseCommand, type CommandContext, type CommandTexts } from "./base-command.ts";
export { openInBrowser } from "./browser.ts";
export { type BuildWish, buildFlags, scheduleFlags, toBuildWish } from "./build-flags.ts";
export {
  type BegunPacking,
  type BuildOptions,
  type BuiltProject,
  beginPacking,
  buildProject,
} from "./build-project.ts";
export {
  changeSettings,
  drawSettingsChange,
  noWaitFlag,
  removeSettings,
  type SettingsChanged,
} from "./change-settings.ts";
export { type CiHost, ciHosts } from "./ci/ci-file.ts";
export { type CiPlace, findCiOffer, findCiPlace, writeCiFile } from "./ci/write-ci-file.ts";
export { type DemoReport, walkDemo } from "./demo-tour.ts";
export { type DemoWorld, openDemoWorld } from "./demo-world.ts";
export { type Deployment, type DeployWish, deployProject } from "./deploy-project.ts";
export type { DeployedProject } from "./deployed-project.ts";
export { deploymentErrors } from "./deployment-errors.ts";
export { devnetFolder, devnetFolderFlag, devnetView, openDevnet } from "./devnet.ts";
export { commandErrors } from "./errors.ts";
export { drawExplanation, type Explanation, explainProject } from "./explain-project.ts";
export {
  durationFlag,
  nameArg,
  nameFlag,
  numberFlag,
  pathArg,
  pathFlag,
  rootFlag,
  sizeFlag,
  switchFlag,
  textArg,
  textFlag,
  urlFlag,
} from "./flags.ts";
export { deploymentArg, getDeployment } from "./get-deployment.ts";
export { homeFolder, keysFolder, receiptsFolder } from "./home.ts";
export { interruptible } from "./interruptible.ts";
export { findLastRun } from "./last-run.ts";
export { findLog, findLogSubject } from "./log-access.ts";
export { describeLogWait } from "./log-wait.ts";
export { keepMemorySmall } from "./memory.ts";
export { type NetworkOptions, type OpenNetwork, openNetwork } from "./network.ts";
export { nextStep } from "./next-step.ts";
export { describeUnplaced, listRefused } from "./no-node.ts";
export { type DeploymentPlan, type PlanWish, planDeployment } from "./plan-deployment.ts";
export { drawList, drawPlan } from "./plan-view.ts";
export { findVersion, noEarlierVersion, promoteVersion } from "./promote-version.ts";
export { findSchedule, type ScheduledProject, scheduleProject } from "./schedule-project.ts";
export { runScript, showScriptRun } from "./script-run.ts";
export { passphraseSource, readSecretFile } from "./secrets.ts";
export { describeRejected, readShares, shareArg, shareFileFlag, writeShares } from "./share-files.ts";
export { signInClientFlag, signInIssuerFlag, toSignInRule } from "./sign-in-flags.ts";
export { remarkSkipped } from "./skipped-entries.ts";
export { hasEnded, statusWord } from "./status-word.ts";
export { findUnchanged } from "./unchanged.ts";
export { parseDuration, parseOrigin, parseRange, parseSiteName } from "./values.ts";
