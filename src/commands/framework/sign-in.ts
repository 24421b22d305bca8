import { join } from "node:path";
import { systemDisk, systemRandom } from "../../base/index.ts";
import type { SignInStore } from "../../client/index.ts";
import type { CommandContext } from "./base-command.ts";
import { isExposedWay } from "./config/user-config.ts";
import { homeFolder } from "./home.ts";

const folderOf = ({ ui }: Pick<CommandContext, "ui">) => join(homeFolder(ui.terminal), "sign-ins");

/** What this user keeps of signing in. */
export async function openSignIns(context: Pick<CommandContext, "ui" | "clock">): Promise<SignInStore> {
  const { createSignInStore } = await import("../../client/index.ts");
  const deps = { disk: systemDisk(), clock: context.clock, random: systemRandom() };
  return createSignInStore({ folder: folderOf(context) }, deps);
}

/**
 * Finds the token of whoever signed in at an ingress, for its requests. Undefined when nobody signed in anywhere.
 * A way on which others could read along gets none.
 */
export async function findSignInTokens(
  context: Pick<CommandContext, "ui" | "clock">,
): Promise<((origin: string) => Promise<string | undefined>) | undefined> {
  if ((await systemDisk().list(folderOf(context))).length === 0) return undefined;
  const store = await openSignIns(context);
  return async (origin) => (isExposedWay(origin) ? undefined : store.findToken(origin));
}
