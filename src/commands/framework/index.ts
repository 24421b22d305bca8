export { BaseCommand, type CommandContext, type CommandTexts } from "./base-command.ts";
export { openInBrowser } from "./browser.ts";
export { type CiHost, ciHosts } from "./ci/ci-file.ts";
export { type CiPlace, findCiOffer, findCiPlace, writeCiFile } from "./ci/write-ci-file.ts";
export { type DemoReport, walkDemo } from "./demo/demo-tour.ts";
export { type DemoWorld, openDemoWorld } from "./demo/demo-world.ts";
export { type BuildWish, buildFlags, scheduleFlags, toBuildWish } from "./deploying/build-flags.ts";
export {
  type BegunPacking,
  type BuildOptions,
  type BuiltProject,
  beginPacking,
  buildProject,
} from "./deploying/build-project.ts";
export { cancelEach } from "./deploying/cancel-each.ts";
export {
  changeSettings,
  drawSettingsChange,
  noWaitFlag,
  removeSettings,
  type SettingsChanged,
} from "./deploying/change-settings.ts";
export { type Deployment, type DeployWish, deployProject } from "./deploying/deploy-project.ts";
export type { DeployedProject } from "./deploying/deployed-project.ts";
export { deploymentErrors } from "./deploying/deployment-errors.ts";
export { drawExplanation, type Explanation, explainProject } from "./deploying/explain-project.ts";
export { findPreviews } from "./deploying/find-previews.ts";
export { deploymentArg, getDeployment } from "./deploying/get-deployment.ts";
export { type DeploymentPlan, type PlanWish, planDeployment } from "./deploying/plan-deployment.ts";
export { drawList, drawPlan } from "./deploying/plan-view.ts";
export { findVersion, noEarlierVersion, promoteVersion } from "./deploying/promote-version.ts";
export { findSchedule, type ScheduledProject, scheduleProject } from "./deploying/schedule-project.ts";
export { runScript, showScriptRun } from "./deploying/script-run.ts";
export { remarkSkipped } from "./deploying/skipped-entries.ts";
export { findUnchanged } from "./deploying/unchanged.ts";
export { openAccountAccess, passphraseFileFlag, storeFlag, toStoreKind } from "./destination/account.ts";
export { findLog, findLogSubject } from "./destination/log-access.ts";
export { describeLogWait } from "./destination/log-wait.ts";
export { type NetworkOptions, type OpenNetwork, openNetwork } from "./destination/network.ts";
export { signInClientFlag, signInIssuerFlag, toSignInRule } from "./destination/sign-in-flags.ts";
export { devnetFolder, devnetFolderFlag, devnetView, openDevnet } from "./devnet.ts";
export { commandErrors } from "./errors.ts";
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
export { homeFolder, keysFolder, receiptsFolder } from "./home.ts";
export { interruptible } from "./interruptible.ts";
export { findLastRun } from "./last-run.ts";
export { keepMemorySmall } from "./memory.ts";
export { nextStep } from "./next-step.ts";
export { describeUnplaced, listRefused } from "./no-node.ts";
export { passphraseSource, readSecretFile } from "./secrets/secrets.ts";
export { describeRejected, readShares, shareArg, shareFileFlag, writeShares } from "./secrets/share-files.ts";
export { hasEnded, statusWord } from "./status-word.ts";
export { parseDuration, parseOrigin, parseRange, parseSiteName } from "./values.ts";
