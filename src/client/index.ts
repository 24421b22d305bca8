export type { Availability, AvailabilityReport } from "./availability.ts";
export * from "./connect.ts";
export type { SettingsChange } from "./deployment-settings.ts";
export * from "./deployments.ts";
export type { DomainClient, OwnDomain } from "./domains.ts";
export type { DownloadProgress, DownloadResult } from "./download.ts";
export { checkEnvName, type EnvChanges, type EnvEntry } from "./env-values.ts";
export * from "./errors.ts";
export * from "./estimate.ts";
export type { Inclusion, InclusionReport } from "./inclusion.ts";
export type { Exchange } from "./ingress.ts";
export { lentErrors } from "./lent-errors.ts";
export { linkClientErrors } from "./link-errors.ts";
export type { LinkClient, MadeLink, OwnLink } from "./links.ts";
export { type LogAccess, loadLogToken } from "./log-access.ts";
export { findLogReader, type LogReader } from "./log-reader.ts";
export {
  type LogReport,
  type LogSubject,
  logSubjectOf,
  measurePosting,
  type PostingRate,
  reportLog,
} from "./log-report.ts";
export type { Obstacle } from "./obstacle-watch.ts";
export { type OpenLink, openLink } from "./open-link.ts";
export type { EventDraft } from "./outbox.ts";
export type { IndexRow } from "./owner-index.ts";
export { type PostingCost, priceOfPosting } from "./posting-price.ts";
export * from "./receipts.ts";
export type { GrantedSession, GrantWish, OwnSession, SessionsClient } from "./sessions.ts";
export type { RunWish, SettingsClient, SettingsVersion } from "./settings-client.ts";
export { beginSignIn, endSignIn, type SignIn, type SignInAttempt, type SignInPlace } from "./sign-in.ts";
export { signInErrors } from "./sign-in-errors.ts";
export { createSignInStore, type SignInStore } from "./sign-in-store.ts";
export { probeSite, type SiteAnswer, type SiteRequest } from "./site-probe.ts";
export type { UploadInput } from "./sources.ts";
export * from "./storage.ts";
export type { UploadOptions, UploadProgress, UploadResult, UploadStage } from "./upload.ts";
export { type ChainReport, type VerifyChainOptions, verifyChain } from "./verify-chain.ts";
export { type RoleVerdict, type StateReport, verifyState } from "./verify-state.ts";
export {
  type VersionLook,
  type VersionOutcome,
  type VersionSite,
  type VersionTarget,
  waitForVersion,
} from "./version-wait.ts";
