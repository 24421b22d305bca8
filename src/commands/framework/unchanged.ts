import type { Preview } from "../../client/index.ts";
import type { CommandContext } from "./base-command.ts";
import type { BuiltProject } from "./build-project.ts";
import type { DeployedProject } from "./deploy-project.ts";
import type { OpenNetwork } from "./network.ts";

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
  const { siteUrls } = await import("../../client/index.ts");
  const { packageSize } = await import("../../packager/index.ts");
  const hasAddress = spec.intent.visibility === "public";
  const addresses = preview === undefined ? details : siteUrls(details, preview.name);
  return {
    name,
    kind: spec.kind,
    mode: spec.mode,
    visibility: spec.intent.visibility,
    framework: built.detection.framework,
    build: output,
    deployment: row.deployment,
    workload: row.workload,
    version: row.number,
    status: row.status,
    url: hasAddress ? addresses.url : null,
    fallbackUrl: hasAddress ? addresses.fallbackUrl : null,
    answerStatus: null,
    preview: preview?.name ?? null,
    package: row.package,
    files: built.files.length + 1,
    sizeBytes: packageSize(built),
    skipped: built.skipped,
    run: null,
    isUnchanged: true,
  };
}
