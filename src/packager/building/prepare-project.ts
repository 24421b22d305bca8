import { type FileTree, fail, isError } from "../../base/index.ts";
import { type DetectDeps, detectProject } from "../detection/detect.ts";
import type { Candidate, Detection, ProjectChoice } from "../detection/detection.ts";
import { findMissingPackage } from "../detection/workspace.ts";
import { packagerErrors } from "../errors.ts";

export interface PrepareOptions {
  /** Absolute path of a project folder or a program's file. */
  readonly path: string;
  readonly choice?: ProjectChoice | undefined;
  /** `always` builds even when the output is current, `never` takes what is there; unsaid, it builds when it has to. */
  readonly build?: "always" | "never" | undefined;
}

export interface PrepareDeps extends DetectDeps {
  /** True when the user lets this build run. */
  readonly approve: (detection: Detection) => Promise<boolean>;
  /** Runs the build that was approved. */
  readonly run: (detection: Detection) => Promise<void>;
}

/** A project whose files can be packed. */
export interface PreparedProject {
  readonly detection: Detection;
  /** Whether its build was run, or the output of an earlier one was taken; null when it has none. */
  readonly output: "built" | "taken" | null;
}

/**
 * Detects a project and sees to it that its output is there: takes it when it is younger than the sources, or runs the
 * project's build when that is allowed.
 *
 * @throws what `detectProject` throws; DSDN_PACKAGER_NEEDS_BUILD, _OUTPUT_OLDER, _BUILD_UNKNOWN, _BUILD_MAKES_SERVER,
 *   _BUILD_WITHOUT_OUTPUT, _PACKAGES_MISSING, and what running the build throws
 */
export async function prepareProject(options: PrepareOptions, deps: PrepareDeps): Promise<PreparedProject> {
  const { path, choice = {}, build: wish } = options;
  const detection = await detectProject(path, deps, choice);
  const { build } = detection;
  if (build === null) {
    if (wish === "always") throw fail(packagerErrors.buildUnknown, { path });
    return { detection, output: null };
  }
  const isNeeded = wish === "always" || build.output === "missing" || (build.output === "older" && wish !== "never");
  if (!isNeeded) return { detection, output: "taken" };
  if (build.obstacle !== undefined) {
    const framework = detection.framework ?? "";
    throw fail(packagerErrors.buildMakesServer, { path, framework, setting: build.obstacle });
  }
  if (wish === "never" || !(await deps.approve(detection))) throw refuseUnbuilt(path, detection);
  await deps.run(detection).catch(async (error: unknown) => {
    throw await explainFailure(error, detection, deps.tree);
  });
  const choose = async (candidates: readonly Candidate[]) => findSame(candidates, detection);
  const built = await detectProject(path, { tree: deps.tree, choose }, choice);
  if (built.build?.output !== "missing") return { detection: built, output: "built" };
  const { command, looked } = built.build;
  throw fail(packagerErrors.buildWithoutOutput, { command: command.argv.join(" "), looked: looked.join(", ") });
}

/** A build that failed because nobody installed what it needs says something else, and rarely that. */
async function explainFailure(error: unknown, { root, build }: Detection, tree: FileTree): Promise<unknown> {
  if (build?.packages === undefined || !isError(error, packagerErrors.buildStepFailed)) return error;
  const missing = await findMissingPackage(root, build.packages, tree);
  if (missing === undefined) return error;
  const facts = { ...error.facts, path: root, missing, install: `${build.command.argv[0]} install` };
  return fail(packagerErrors.packagesMissing, facts, { cause: error });
}

/** The error that says what a project without current output lets the user choose. */
export function refuseUnbuilt(path: string, { build, site, entry = "" }: Detection) {
  const command = build?.command.argv.join(" ") ?? "";
  if (build?.output === "older") return fail(packagerErrors.outputOlder, { path, command, output: site ?? entry });
  return fail(packagerErrors.needsBuild, { path, command, looked: build?.looked.join(", ") ?? "" });
}

/** What the user meant before the build is meant after it. */
function findSame(candidates: readonly Candidate[], before: Detection): Candidate {
  const [first] = candidates;
  const same = candidates.find(
    ({ detection }) => detection.framework === before.framework && detection.kind === before.kind,
  );
  const found = same ?? first;
  if (found === undefined) throw fail(packagerErrors.notRecognised, { path: before.root });
  return found;
}
