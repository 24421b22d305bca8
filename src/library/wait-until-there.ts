import { type Clock, fail } from "../base/index.ts";
import {
  type Client as NetworkClient,
  type VersionOutcome,
  type VersionTarget,
  waitForVersion,
} from "../client/index.ts";
import { libraryErrors } from "./errors.ts";

/** A version or run that is what it was to be. The URLs are those of one that answers, null otherwise. */
export interface Arrived {
  readonly row: Extract<VersionOutcome, { kind: "there" }>["row"];
  readonly url: string | null;
  readonly fallbackUrl: string | null;
}

/**
 * Resolves when the version is what it was to be.
 *
 * @throws DSDN_LIBRARY_DEPLOY_REFUSED, DSDN_LIBRARY_DEPLOY_FAILED, DSDN_LIBRARY_DEPLOY_NOT_ANSWERING, DSDN_CLIENT_*
 */
export async function waitUntilThere(
  deps: { readonly client: NetworkClient; readonly ingressUrl: string; readonly clock: Clock },
  target: VersionTarget,
  signal: AbortSignal | undefined,
): Promise<Arrived> {
  const { client, ingressUrl, clock } = deps;
  const { name } = target;
  const { deployments } = client;
  const outcome = await waitForVersion({ deployments, ingressUrl, clock }, target, { signal });
  switch (outcome.kind) {
    case "there":
      return { row: outcome.row, url: outcome.site?.url ?? null, fallbackUrl: outcome.site?.fallbackUrl ?? null };
    case "refused":
      throw fail(libraryErrors.deployRefused, { name, reason: outcome.reason });
    case "failed":
      throw fail(libraryErrors.deployFailed, { name, reason: outcome.reason });
    case "cancelled":
      throw fail(libraryErrors.deployFailed, { name, reason: "a newer version or its owner ended it" });
    case "late":
    case "unplaced": {
      const status = outcome.row?.status ?? "submitted";
      throw fail(libraryErrors.deployNotAnswering, { name, seconds: outcome.seconds, status });
    }
  }
}
