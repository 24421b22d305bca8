import type { Preview } from "../../../client/index.ts";
import type { CommandContext } from "../base-command.ts";
import type { OpenNetwork } from "../destination/network.ts";
import type { BuiltProject } from "./build-project.ts";
import { type DeployedProject, describeDeployed } from "./deployed-project.ts";

/**
 * What runs already, when deploying this project would only repeat it; undefined when something differs, nothing runs,
 * or it is a script, which has runs and no version.
 */
export async function findUnchanged(
  { signal }: Pick<CommandContext, "signal">,
  { client }: OpenNetwork,
  { project, preview }: { readonly project: BuiltProject; readonly preview: Preview | undefined },
): Promise<DeployedProject | undefined> {
  const { built, name, output } = project;
  const { spec, manifestBytes: manifest } = built;
  if (spec.mode === "batch") return undefined;
  const row = await client.deployments.findSame(name, { spec, manifest, preview }, signal);
  if (row === undefined) return undefined;
  const details = await client.deployments.get(name, signal);
  const found = { built, name, output, row, preview: preview?.name ?? null, answerStatus: null, isUnchanged: true };
  return describeDeployed(details, found);
}
