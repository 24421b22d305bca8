import type { Client } from "../../../client/index.ts";
import { hasEnded } from "../status-word.ts";

type Version = Awaited<ReturnType<Client["deployments"]["get"]>>["workloads"][number];

/**
 * The versions of this preview that go on. One that was promoted is none of them: it is what the deployment is, also in
 * the moment before the log, which takes a block for it, calls it the current one.
 */
export function findPreviews<Row extends Pick<Version, "preview" | "turn" | "status">>(
  versions: readonly Row[],
  name: string,
): readonly Row[] {
  return versions.filter(({ preview, turn, status }) => preview?.name === name && turn === 0 && !hasEnded(status));
}
