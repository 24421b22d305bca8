/** What one user keeps on this machine: settings, networks by name, and what opens them. */
export { findAccessToken, pinNetwork, readAuthorities, readCaFile, readToken } from "./access.ts";
export { updateConfig } from "./config-store.ts";
export { profileErrors } from "./errors.ts";
export { homeFolder, type Place } from "./home.ts";
export { configPath, emptyConfig, type LoadedConfig, loadConfig, nothingKept } from "./load-config.ts";
export { isThereAlone } from "./read-config.ts";
export { findSessionCredential } from "./session.ts";
export {
  chooseDestination,
  type Destination,
  describeSettings,
  type Setting,
  type SettingSources,
} from "./settings.ts";
export { findSignInTokens, openSignIns } from "./sign-ins.ts";
export {
  configLimits,
  DEVNET,
  describeChoices,
  findOrigin,
  isExposedWay,
  isKeptKey,
  isKeptValue,
  isNetworkId,
  isNetworkName,
  type KeptKey,
  type KeptSettings,
  type KnownNetwork,
  keptKeys,
  NAME_RULE,
} from "./user-config.ts";
