import type { BuiltPackage } from "../../../packager/index.ts";
import type { OpenNetwork } from "../destination/network.ts";
import type { BuiltProject } from "./build-project.ts";

type Deployments = OpenNetwork["client"]["deployments"];

/** A deployment as far as it was waited for. */
export interface DeployedProject {
  readonly name: string;
  readonly kind: string;
  readonly mode: "service" | "batch";
  readonly visibility: "private" | "public";
  /** The tool that builds the project; null when none was recognised. */
  readonly framework: string | null;
  /** Whether the project's own build was run now, or the output of an earlier one taken. */
  readonly build: BuiltProject["output"];
  readonly deployment: string;
  readonly workload: string;
  /** Counts the versions or runs of the deployment from 1. */
  readonly version: number;
  readonly status: string;
  /** Null for a script and for what is private: they answer no requests. */
  readonly url: string | null;
  readonly fallbackUrl: string | null;
  /** The HTTP status with which it answered `GET /`; null when that was not asked. */
  readonly answerStatus: number | null;
  /** The name of the preview; null for a version that is to take the deployment's requests. */
  readonly preview: string | null;
  readonly package: string;
  readonly files: number;
  readonly sizeBytes: number;
  readonly skipped: BuiltPackage["skipped"];
  /** Of a script that was waited for. */
  readonly run: { readonly exitCode: number; readonly output: string | null } | null;
  /** True when nothing was deployed, because the same runs already. */
  readonly isUnchanged: boolean;
}

/** What is known of a version beside its deployment. */
interface Facts extends Pick<BuiltProject, "built" | "name" | "output"> {
  readonly row: Awaited<ReturnType<Deployments["workload"]>>;
  readonly preview: string | null;
  readonly answerStatus: number | null;
  readonly isUnchanged: boolean;
}

/** A version as the user is told of it. */
export async function describeDeployed(
  details: Awaited<ReturnType<Deployments["get"]>>,
  { built, name, output, row, preview, answerStatus, isUnchanged }: Facts,
): Promise<DeployedProject> {
  const [{ exitCodeOf, siteUrls }, { packageSize }] = await Promise.all([
    import("../../../client/index.ts"),
    import("../../../packager/index.ts"),
  ]);
  const { spec, detection, files, skipped } = built;
  const hasAddress = spec.mode === "service" && spec.intent.visibility === "public";
  const addresses = preview === null ? details : siteUrls(details, preview);
  return {
    name,
    kind: spec.kind,
    mode: spec.mode,
    visibility: spec.intent.visibility,
    framework: detection.framework,
    build: output,
    deployment: row.deployment,
    workload: row.workload,
    version: row.number,
    status: row.status,
    url: hasAddress ? addresses.url : null,
    fallbackUrl: hasAddress ? addresses.fallbackUrl : null,
    answerStatus,
    preview,
    package: row.package,
    files: files.length + 1,
    sizeBytes: packageSize(built),
    skipped,
    run: row.status === "finished" ? { exitCode: exitCodeOf(row.reason), output: row.output } : null,
    isUnchanged,
  };
}
