import { DsdnError, findCandidates } from "../../base/index.ts";
import { type ClientDeps, getAccount } from "../network-session.ts";

/** The names nearest to what was typed, as an error tells them; empty when none is near. */
export function similarTo(typed: string, names: readonly string[]): string {
  return findCandidates(names, typed).join(", ");
}

/** The same among the account's deployments. What cannot be asked now is no name: the error that tells them matters more. */
export async function similarDeployments(deps: ClientDeps, typed: string, signal?: AbortSignal): Promise<string> {
  try {
    const address = (await getAccount(deps)).address();
    const { details } = await deps.ingress.call("ownerDeployments", { params: { address }, signal });
    const names = details.deployments.filter(({ isRemoved }) => !isRemoved).map(({ name }) => name);
    return similarTo(typed, names);
  } catch (error) {
    if (error instanceof DsdnError) return similarTo(typed, []);
    throw error;
  }
}
