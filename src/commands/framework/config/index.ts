export { updateConfig } from "./config-store.ts";
export { labelOfNetwork, openProjectConsents, settingSources } from "./destination.ts";
export { findProjectNetwork, PROJECT_NETWORK_FILE, writeProjectNetwork } from "./project-network.ts";
export { isThereAlone } from "./read-config.ts";
export { chooseDestination, describeSettings, type Setting } from "./settings.ts";
export {
  configLimits,
  DEVNET,
  describeChoices,
  findOrigin,
  isExposedWay,
  isKeptValue,
  isNetworkId,
  isNetworkName,
  type KnownNetwork,
  NAME_RULE,
  readKeptKey,
} from "./user-config.ts";
