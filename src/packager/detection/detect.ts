import { basename, dirname, join } from "node:path";
import { type FileTree, fail } from "../../base/index.ts";
import { packagePath } from "../../protocol/index.ts";
import { packagerErrors } from "../errors.ts";
import { type Candidate, type Detection, listFileNames, type ProjectChoice } from "./detection.ts";
import { describeFile, findPrograms, findPythonMain } from "./find-program.ts";
import { describePlain, findSites } from "./find-site.ts";
import { explainNothing } from "./find-source.ts";
import { findWorkspaceProjects } from "./workspace-projects.ts";

export interface DetectDeps {
  readonly tree: FileTree;
  /** Asks which of several is meant; without it several are an error. */
  readonly choose?: ((candidates: readonly Candidate[]) => Promise<Candidate>) | undefined;
}

/**
 * Detects what lies at `path`, a folder or a file of a program. What the user chose is taken; what is left open and
 * can be several things is asked, or is an error that lists the flags to choose with.
 *
 * @throws DSDN_PACKAGER_PROJECT_MISSING, DSDN_PACKAGER_NOT_RECOGNISED, DSDN_PACKAGER_AMBIGUOUS, _SEVERAL_PROJECTS,
 *   DSDN_PACKAGER_PROGRAM_UNFIT, DSDN_PACKAGER_OUTSIDE_PROJECT, DSDN_PACKAGER_FILE_REFUSED for a link
 */
export async function detectProject(path: string, deps: DetectDeps, choice: ProjectChoice = {}): Promise<Detection> {
  const detection = await detect(path, deps, choice);
  for (const place of [detection.site, detection.entry]) {
    if (place !== undefined) await refuseLinks(detection.root, place, deps.tree);
  }
  return detection;
}

async function detect(path: string, deps: DetectDeps, choice: ProjectChoice): Promise<Detection> {
  const { tree } = deps;
  const entry = await tree.find(path);
  if (entry?.kind === "file") {
    const file = { root: dirname(path), entry: basename(path), type: choice.type };
    return checkType(path, { ...(await describeFile(file, tree)), isFolder: false }, choice);
  }
  if (entry?.kind !== "folder") throw fail(packagerErrors.projectMissing, { path });
  if (choice.entry !== undefined || choice.site !== undefined) {
    return checkType(path, await takeChosen(path, choice, tree), choice);
  }
  const candidates = (await findCandidates(path, tree)).flatMap((candidate) => adapt(candidate, choice));
  const [only] = candidates;
  if (candidates.every(({ detection }) => isUnknownBuild(detection))) {
    const projects = await findWorkspaceProjects(path, tree);
    if (projects.length > 0) throw fail(packagerErrors.severalProjects, { path, projects: projects.join(", ") });
  }
  if (only === undefined) throw explainNothing(path, await listFileNames(path, tree));
  if (candidates.length === 1) return only.detection;
  const listed = candidates.map(({ flags, detection }) => `${flags} (${detection.framework ?? detection.kind})`);
  if (deps.choose === undefined) throw fail(packagerErrors.ambiguous, { path, choices: listed.join(", ") });
  return (await deps.choose(candidates)).detection;
}

/** What is known only by a build script, which nobody ran yet. */
function isUnknownBuild({ framework, build }: Detection): boolean {
  return framework === null && build?.output === "missing";
}

/** A site keeps the files beside it as its own, unless one of them is plainly a program of its own. */
async function findCandidates(root: string, tree: FileTree): Promise<readonly Candidate[]> {
  const sites = await findSites(root, tree);
  // A build script may turn src/index into anything: only what plainly runs is taken as it lies there.
  if (sites.every(({ detection }) => isUnknownBuild(detection))) {
    const { candidates, isReady } = await findPrograms(root, tree);
    return sites.length === 0 || isReady ? candidates : sites;
  }
  const python = await findPythonMain(root, tree);
  return python === undefined ? sites : [...sites, python];
}

/** The candidate as the type the user chose; none when it cannot be that. */
function adapt(candidate: Candidate, { type }: ProjectChoice): Candidate[] {
  const { flags, detection } = candidate;
  if (type === undefined || type === detection.type) return [candidate];
  if (type === "static" && detection.site !== undefined) {
    return [{ flags, detection: { ...detection, type, kind: "static", entry: undefined } }];
  }
  const runsEitherWay = detection.site === undefined && ["js", "python", "wasi"].includes(detection.kind);
  if (!runsEitherWay || (type !== "batch" && type !== "web_app")) return [];
  return [{ flags, detection: { ...detection, type, mode: type === "batch" ? "batch" : "service" } }];
}

async function takeChosen(root: string, choice: ProjectChoice, tree: FileTree): Promise<Detection> {
  const entry = choice.entry === undefined ? undefined : checkInside(root, choice.entry);
  const site = choice.site === undefined ? undefined : checkInside(root, choice.site);
  if (site !== undefined && (await tree.find(join(root, site)))?.kind !== "folder") {
    throw fail(packagerErrors.projectMissing, { path: join(root, site) });
  }
  if (entry !== undefined && (await tree.find(join(root, entry)))?.kind !== "file") {
    throw fail(packagerErrors.projectMissing, { path: join(root, entry) });
  }
  if (entry === undefined) {
    const candidate = await describePlain(root, site ?? "", tree);
    return adapt(candidate, choice)[0]?.detection ?? candidate.detection;
  }
  const program = await describeFile({ root, entry, type: choice.type }, tree);
  if (site === undefined || program.mode === "batch") return program;
  return { ...program, site, because: [entry, site] };
}

/** `.` and `./` lead nowhere else; anything that climbs or is absolute is refused. */
function checkInside(root: string, path: string): string {
  const plain = path
    .replaceAll("\\", "/")
    .replace(/^(\.\/)+|\/+$/g, "")
    .replace(/^\.$/, "");
  if (plain === "" || packagePath.safeParse(plain).success) return plain;
  throw fail(packagerErrors.outsideProject, { path: join(root, path) });
}

/** A link on the way to what is packed could lead to any place of this machine. What is not there yet is no link. */
async function refuseLinks(root: string, place: string, tree: FileTree): Promise<void> {
  const parts = place.split("/").filter((part) => part !== "");
  for (let count = 1; count <= parts.length; count++) {
    const path = parts.slice(0, count).join("/");
    if ((await tree.find(join(root, path)))?.kind !== "link") continue;
    throw fail(packagerErrors.fileRefused, { path, reason: "it is a link, and links are not followed" });
  }
}

function checkType(path: string, detection: Detection, choice: ProjectChoice): Detection {
  if (choice.type === undefined || choice.type === detection.type) return detection;
  throw fail(packagerErrors.notRecognised, { path });
}
