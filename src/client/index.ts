export * from "./connect.ts";
export type { SettingsChange } from "./deployments/deployment-settings.ts";
export * from "./deployments/deployments.ts";
export type { DomainClient, OwnDomain } from "./deployments/domains.ts";
export { checkEnvName, type EnvChanges, type EnvEntry } from "./deployments/env-values.ts";
export { findServing } from "./deployments/serving.ts";
export type { RunWish, SettingsClient, SettingsVersion } from "./deployments/settings-client.ts";
export { probeSite, type SiteAnswer, type SiteRequest } from "./deployments/site-probe.ts";
export {
  type VersionLook,
  type VersionOutcome,
  type VersionSite,
  type VersionTarget,
  waitForVersion,
} from "./deployments/version-wait.ts";
export * from "./errors.ts";
export type { DownloadProgress, DownloadResult } from "./files/download.ts";
export * from "./files/estimate.ts";
export type { IndexRow } from "./files/owner-index.ts";
export type { UploadInput } from "./files/sources.ts";
export * from "./files/storage.ts";
export type { UploadOptions, UploadProgress, UploadResult, UploadStage } from "./files/upload.ts";
export type { Exchange } from "./ingress.ts";
export { linkClientErrors } from "./links/link-errors.ts";
export type { LinkClient, MadeLink, OwnLink } from "./links/links.ts";
export { type OpenLink, openLink } from "./links/open-link.ts";
export type { Obstacle } from "./publishing/obstacle-watch.ts";
export type { EventDraft } from "./publishing/outbox.ts";
export { lentErrors } from "./sessions/lent-errors.ts";
export type { GrantedSession, GrantWish, OwnSession, SessionsClient } from "./sessions/sessions.ts";
export { beginSignIn, endSignIn, type SignIn, type SignInAttempt, type SignInPlace } from "./sessions/sign-in.ts";
export { signInErrors } from "./sessions/sign-in-errors.ts";
export { createSignInStore, type SignInStore } from "./sessions/sign-in-store.ts";
export type { Availability, AvailabilityReport } from "./verification/availability.ts";
export type { Inclusion, InclusionReport } from "./verification/inclusion.ts";
export { type LogAccess, loadLogToken } from "./verification/log-access.ts";
export { findLogReader, type LogReader } from "./verification/log-reader.ts";
export {
  type LogReport,
  type LogSubject,
  logSubjectOf,
  measurePosting,
  type PostingRate,
  reportLog,
} from "./verification/log-report.ts";
export { type PostingCost, priceOfPosting } from "./verification/posting-price.ts";
export * from "./verification/receipts.ts";
export { type ChainReport, type VerifyChainOptions, verifyChain } from "./verification/verify-chain.ts";
export { type RoleVerdict, type StateReport, verifyState } from "./verification/verify-state.ts";
