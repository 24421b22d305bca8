import { join } from "node:path";
import { DsdnError, type FileTree, fail, readBytes } from "../../base/index.ts";
import { limits } from "../../protocol/index.ts";
import { packagerErrors } from "../errors.ts";
import { readTextFile } from "../read-text.ts";
import { type Candidate, type Detection, describeProject, findFile, listFileNames } from "./detection.ts";
import { type Compiled, findCompiled } from "./find-compiled.ts";
import { explainNothing } from "./find-source.ts";
import { readWasmFacts } from "./wasm-facts.ts";

const EXTENSIONS = ["ts", "mts", "js", "mjs"];
const SCRIPT = /\.(ts|mts|js|mjs)$/;
const SERVICE_NAMES = ["src/index", "index", "src/worker", "worker", "src/api", "api", "api/index"];
const BATCH_NAMES = ["src/main", "main", "src/batch", "batch"];
const WASI = "wasi_snapshot_preview1";

/** The programs and models a folder may be meant as. */
export interface Programs {
  readonly candidates: readonly Candidate[];
  /** True when one of them runs as it lies there: it needs no build, even when the project has one. */
  readonly isReady: boolean;
}

/**
 * Looks for programs and models in a folder: those named as a convention or a compiler names them, or else whatever
 * lies alone at the top.
 *
 * @throws DSDN_PACKAGER_PROGRAM_UNFIT when there is nothing but WebAssembly that cannot run
 */
export async function findPrograms(root: string, tree: FileTree): Promise<Programs> {
  const names = await listFileNames(root, tree);
  const script = await findScript(root, tree);
  const python = findPython(names);
  const model = names.includes("model.onnx") ? "model.onnx" : undefined;
  const compiled = await findCompiled(root, tree);
  const plain = [python, model].filter((name) => name !== undefined);
  const named = [...(await describeCompiled(root, compiled, tree)), ...(await describeFiles(root, plain, tree))];
  const candidates = script === undefined ? named : [script.candidate, ...named];
  if (candidates.length > 0) return { candidates, isReady: named.length > 0 || script?.isReady === true };
  // Looked at only when nothing plainer is there, so that a foreign file beside a program does no harm.
  const guessed = names.filter((name) => /\.(py|wasm|onnx)$/.test(name));
  if (guessed.length > 0) return { candidates: await describeFiles(root, guessed, tree), isReady: true };
  return { candidates: describeUncompiled(root, compiled), isReady: false };
}

async function describeCompiled(root: string, compiled: Compiled | undefined, tree: FileTree): Promise<Candidate[]> {
  const found = await describeFiles(root, compiled?.names ?? [], tree);
  return found.map(({ flags, detection }) => {
    const { framework = null, build = null, because = [] } = compiled ?? {};
    return { flags, detection: { ...detection, framework, build, because: [...because, ...detection.because] } };
  });
}

/** What has yet to be compiled is a command for all that can be told; its bytes will say more. */
function describeUncompiled(root: string, compiled: Compiled | undefined): Candidate[] {
  if (compiled === undefined) return [];
  const { framework, build, because } = compiled;
  const detection = describeProject({ root, type: "batch", kind: "wasi", mode: "batch", framework, build, because });
  return [{ flags: "--type batch", detection }];
}

/** The Python program of a folder by its name; undefined when there is none. */
export async function findPythonMain(root: string, tree: FileTree): Promise<Candidate | undefined> {
  const name = findPython(await listFileNames(root, tree));
  return name === undefined ? undefined : toCandidate(root, name, tree);
}

function findPython(names: readonly string[]): string | undefined {
  return ["main.py", "app.py"].find((name) => names.includes(name));
}

/** Those that can run. @throws DSDN_PACKAGER_PROGRAM_UNFIT of the first when none can */
async function describeFiles(root: string, names: readonly string[], tree: FileTree): Promise<Candidate[]> {
  const fit: Candidate[] = [];
  let refusal: DsdnError | undefined;
  for (const name of names) {
    try {
      fit.push(await toCandidate(root, name, tree));
    } catch (error) {
      if (!(error instanceof DsdnError) || error.spec !== packagerErrors.programUnfit) throw error;
      refusal ??= error;
    }
  }
  if (fit.length === 0 && refusal !== undefined) throw refusal;
  return fit;
}

interface ProgramFile {
  readonly root: string;
  readonly entry: string;
  readonly type?: Detection["type"] | undefined;
}

/**
 * What one file is: a script, a Python program, a WebAssembly module or component, or a model.
 *
 * @param type - what the user says it is; judged by the content unless said.
 * @throws DSDN_PACKAGER_NOT_RECOGNISED, DSDN_PACKAGER_PROGRAM_UNFIT
 */
export async function describeFile(file: ProgramFile, tree: FileTree): Promise<Detection> {
  const { root, entry, type } = file;
  const facts = { root, entry, because: [entry] };
  if (entry.endsWith(".onnx")) return describeProject({ ...facts, type: "ai", kind: "model", mode: "service" });
  if (entry.endsWith(".wasm")) return describeWasm(file, tree);
  const kind = entry.endsWith(".py") ? "python" : SCRIPT.test(entry) ? "js" : undefined;
  if (kind === undefined) throw explainNothing(join(root, entry), [entry]);
  const source = await readTextFile(join(root, entry), tree);
  const looks = kind === "python" ? answersInPython(source) : answersRequests(source);
  const isService = type === undefined ? looks : type !== "batch";
  return describeProject({
    ...facts,
    kind,
    type: isService ? "web_app" : "batch",
    mode: isService ? "service" : "batch",
  });
}

async function findScript(root: string, tree: FileTree) {
  const service = await findFile(root, withExtensions(SERVICE_NAMES), tree);
  const entry = service ?? (await findFile(root, withExtensions(BATCH_NAMES), tree));
  if (entry === undefined) return undefined;
  const source = await readTextFile(join(root, entry), tree);
  const isMain = isCalledMain(source);
  const isService = service !== undefined && !isMain;
  const detection = describeProject({
    root,
    entry,
    kind: "js",
    type: isService ? "web_app" : "batch",
    mode: isService ? "service" : "batch",
    because: [entry],
  });
  return { candidate: { flags: `--entry ${entry}`, detection }, isReady: isMain || answersRequests(source) };
}

async function describeWasm({ root, entry, type }: ProgramFile, tree: FileTree): Promise<Detection> {
  const path = join(root, entry);
  const size = (await tree.find(path))?.sizeBytes ?? 0;
  if (size > limits.packageBytes) throw fail(packagerErrors.tooLarge, { what: "bytes", limit: limits.packageBytes });
  const wasm = readWasmFacts(await readBytes(tree.read(path)));
  const unfit = (reason: string) => fail(packagerErrors.programUnfit, { path: entry, reason });
  if (wasm === undefined) throw unfit("it is no WebAssembly, or is cut off");
  const facts = { root, entry };
  if (wasm.layer === "component") {
    if (!wasm.answersHttp) throw unfit("the component does not export wasi:http/incoming-handler");
    const because = [`${entry}: wasi:http/incoming-handler`];
    return describeProject({ ...facts, type: "web_app", kind: "component", mode: "service", because });
  }
  const start = ["_start", "_initialize"].find((name) => wasm.exports.includes(name));
  if (start === undefined) throw unfit("it exports neither _start (a command) nor _initialize (a reactor)");
  const foreign = wasm.modules.find((module) => module !== WASI);
  if (foreign !== undefined) throw unfit(`it imports ${foreign.slice(0, 80)}, and only ${WASI} is there`);
  // A command is a batch, or a service by the rules of CGI when the user says so; a reactor is what it offers.
  const looks = start === "_initialize" && (wasm.exports.includes("handle") || !wasm.exports.includes("run"));
  const isService = type === undefined ? looks : type !== "batch";
  return describeProject({
    ...facts,
    kind: "wasi",
    type: isService ? "web_app" : "batch",
    mode: isService ? "service" : "batch",
    because: [`${entry}: ${start}`],
  });
}

async function toCandidate(root: string, entry: string, tree: FileTree): Promise<Candidate> {
  const detection = await describeFile({ root, entry }, tree);
  return { flags: `--entry ${entry}`, detection };
}

function withExtensions(names: readonly string[]): string[] {
  return names.flatMap((name) => EXTENSIONS.map((extension) => `${name}.${extension}`));
}

/** `export default [async] function main` is how a batch says what it is. */
function isCalledMain(source: string): boolean {
  return /\bexport\s+default\s+(async\s+)?function\s+main\b/.test(source);
}

/** A default export that plainly answers requests: an object with fetch, or code that makes a Response. */
function answersRequests(source: string): boolean {
  const start = source.search(/\bexport\s+default\b/);
  const rest = start === -1 ? "" : source.slice(start);
  if (/^export\s+default\s+\{/.test(rest) && /\bfetch\b\s*[(:,}]/.test(rest)) return true;
  return /\bnew\s+Response\b|\bResponse\s*\.\s*json\b/.test(rest);
}

/** A function called `fetch` at the top. */
function answersInPython(source: string): boolean {
  return /^(async\s+)?def\s+fetch\s*\(/m.test(source);
}
