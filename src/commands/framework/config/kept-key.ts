import { fail } from "../../../base/index.ts";
import { isKeptKey, type KeptKey, keptKeys } from "../../../profile/index.ts";
import { networkErrors } from "../destination/network-errors.ts";

/** The setting of that name that can be kept. @throws DSDN_COMMANDS_SETTING_UNKNOWN */
export function readKeptKey(key: string): KeptKey {
  if (isKeptKey(key)) return key;
  throw fail(networkErrors.settingUnknown, { key: key.slice(0, 80), known: keptKeys.join(", ") });
}
