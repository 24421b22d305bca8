export {
  chooseDestination,
  configLimits,
  DEVNET,
  describeChoices,
  describeSettings,
  findOrigin,
  isExposedWay,
  isKeptValue,
  isNetworkId,
  isNetworkName,
  isThereAlone,
  type KnownNetwork,
  NAME_RULE,
  type Setting,
  updateConfig,
} from "../../../profile/index.ts";
export { labelOfNetwork, openProjectConsents, settingSources } from "./destination.ts";
export { readKeptKey } from "./kept-key.ts";
export { findProjectNetwork, PROJECT_NETWORK_FILE, writeProjectNetwork } from "./project-network.ts";
