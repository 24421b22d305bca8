import { join } from "node:path";
import { type Clock, systemDisk, systemRandom } from "../base/index.ts";
import type { SignInStore } from "../client/index.ts";
import { homeFolder, type Place } from "./home.ts";
import { isExposedWay } from "./user-config.ts";

const folderOf = (place: Place) => join(homeFolder(place), "sign-ins");

/** What this user keeps of signing in. */
export async function openSignIns(place: Place, { clock }: { readonly clock: Clock }): Promise<SignInStore> {
  const { createSignInStore } = await import("../client/index.ts");
  return createSignInStore({ folder: folderOf(place) }, { disk: systemDisk(), clock, random: systemRandom() });
}

/**
 * Finds the token of whoever signed in at an ingress, for its requests. Undefined when nobody signed in anywhere.
 * A way on which others could read along gets none.
 */
export async function findSignInTokens(
  place: Place,
  deps: { readonly clock: Clock },
): Promise<((origin: string) => Promise<string | undefined>) | undefined> {
  if ((await systemDisk().list(folderOf(place))).length === 0) return undefined;
  const store = await openSignIns(place, deps);
  return async (origin) => (isExposedWay(origin) ? undefined : store.findToken(origin));
}
