import { fail, findHex, fromUtf8 } from "../base/index.ts";
import { decodeGenesis, type Genesis } from "../protocol/index.ts";
import type { RoleConfig, RoleName } from "./config.ts";
import { rolesErrors } from "./errors.ts";
import type { RunDeps } from "./running-role.ts";

/** The genesis that `genesis_file` names. @throws DSDN_ROLES_CONFIG_MISSING, DSDN_ROLES_CONFIG_INVALID */
export async function readGenesis(role: RoleName, config: RoleConfig, deps: RunDeps): Promise<Genesis> {
  const path = need(role, "genesis_file", config.genesis_file);
  const bytes = await deps.disk.find(path);
  if (bytes === undefined)
    throw fail(rolesErrors.configInvalid, { name: "genesis_file", path, reason: "there is no such file" });
  return decodeGenesis(bytes);
}

/** A key of 32 bytes that lies in a file as hex. @throws DSDN_ROLES_KEY_INVALID, DSDN_ROLES_CONFIG_INVALID */
export async function readKey(path: string, deps: RunDeps): Promise<Uint8Array> {
  const key = findHex((await readText(path, deps)).trim());
  if (key?.length !== 32) throw fail(rolesErrors.keyInvalid, { path });
  return key;
}

/** The text of a file that the settings name. @throws DSDN_ROLES_CONFIG_INVALID */
export async function readText(path: string, deps: RunDeps): Promise<string> {
  const bytes = await deps.disk.find(path);
  if (bytes === undefined)
    throw fail(rolesErrors.configInvalid, { name: "a file", path, reason: "there is no such file" });
  return fromUtf8(bytes);
}

/** A setting the role cannot do without. @throws DSDN_ROLES_CONFIG_MISSING */
export function need<T>(role: RoleName, name: string, value: T | undefined): T {
  if (value === undefined) throw fail(rolesErrors.configMissing, { role, name });
  return value;
}
