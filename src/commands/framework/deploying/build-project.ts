import { join, resolve } from "node:path";
import { type DsdnError, escapeForTerminal, fail, isError, systemDisk, systemFileTree } from "../../../base/index.ts";
import type { BuiltPackage, Candidate, Detection, PreparedProject } from "../../../packager/index.ts";
import type { CommandContext } from "../base-command.ts";
import { homeFolder } from "../home.ts";
import type { BuildWish } from "./build-flags.ts";
import { choiceOf, chooseName, readSaidIntent, type SaidIntent } from "./project-intent.ts";

/** A project as a package, and where what is in it came from. */
export interface BuiltProject {
  /** The deployment's name, unless it is deployed under another. */
  readonly name: string;
  readonly said: SaidIntent;
  readonly built: BuiltPackage;
  /** Whether the project's own build was run, or the output of an earlier one taken; null when it has none. */
  readonly output: PreparedProject["output"];
  /** How long packing took, without questions and the project's own build. */
  readonly packMs: number;
}

const texts = {
  building: { en: "Building artifact", id: "Membangun artefak" },
  running: { en: "Running {command}", id: "Menjalankan {command}" },
  taken: {
    en: "Taking what is in {folder}, built by {framework} before; --build builds it anew.",
    id: "Memakai isi {folder}, hasil build {framework} sebelumnya; --build membangunnya lagi.",
  },
  itsBuild: { en: "its build", id: "build-nya" },
  which: { en: "What is {path} to be deployed as?", id: "{path} akan di-deploy sebagai apa?" },
  mayRun: {
    en: "{path} ({framework}) has to be built. Run `{command}` there? It can do everything you can on this machine.{runs}",
    id: "{path} ({framework}) harus di-build. Jalankan `{command}` di sana? Perintah itu bisa melakukan semua yang Anda bisa di mesin ini.{runs}",
  },
  runs: { en: " It runs: {text}", id: " Isinya: {text}" },
} as const;

const SHOWN_SCRIPT_CHARS = 300;

/** A project that is being packed while other work goes on. */
export interface BegunPacking {
  readonly packing: Promise<BuiltProject>;
}

/**
 * Begins to pack a project beside other work, when nothing has to be asked and no build of its own run. Undefined
 * otherwise, also for what is an error: `buildProject` then finds it in its turn.
 */
export async function beginPacking(context: CommandContext, wish: BuildWish): Promise<BegunPacking | undefined> {
  const path = resolve(context.ui.terminal.folder, wish.path);
  const startMs = context.clock.monotonicMs();
  try {
    const said = await readSaidIntent(path, wish);
    const { detectProject } = await import("../../../packager/index.ts");
    const detection = await detectProject(path, { tree: systemFileTree() }, choiceOf(said));
    if (detection.build !== null || wish.build === "always") return undefined;
    const packing = pack(context, path, { said, detection, output: null, startMs });
    // Its failure is told to whoever waits for it.
    packing.catch(() => {});
    return { packing };
  } catch {
    return undefined;
  }
}

export interface BuildOptions {
  /** What `beginPacking` gave for the same wish. */
  readonly begun?: BegunPacking | undefined;
  /** Awaited before the first file is packed; not called for what was begun. */
  readonly onPrepared?: ((detection: Detection) => Promise<void>) | undefined;
}

/**
 * Detects a project, asks what the files leave open, runs its own build when that is needed and allowed, and packs it.
 *
 * @throws DSDN_PACKAGER_*, DSDN_INTENT_*, DSDN_UI_PROMPT_CANCELLED
 */
export async function buildProject(
  context: CommandContext,
  wish: BuildWish,
  { begun, onPrepared }: BuildOptions = {},
): Promise<BuiltProject> {
  const { ui } = context;
  if (begun !== undefined) return ui.progress.run(ui.say(texts.building), () => begun.packing);
  const path = resolve(ui.terminal.folder, wish.path);
  const said = await readSaidIntent(path, wish);
  const { detection, output } = await prepare(context, path, { wish, said });
  if (output === "taken") {
    const framework = detection.framework ?? ui.say(texts.itsBuild);
    ui.remark(ui.say(texts.taken, { folder: detection.site ?? detection.entry ?? "", framework }));
  }
  await onPrepared?.(detection);
  const startMs = context.clock.monotonicMs();
  return ui.progress.run(ui.say(texts.building), () => pack(context, path, { said, detection, output, startMs }));
}

interface PackingFacts {
  readonly said: SaidIntent;
  readonly detection: Detection;
  readonly output: PreparedProject["output"];
  readonly startMs: number;
}

async function pack({ clock }: CommandContext, path: string, facts: PackingFacts): Promise<BuiltProject> {
  const { said, detection, output, startMs } = facts;
  const { packProject } = await import("../../../packager/index.ts");
  const built = await packProject({ path, detection, said }, { tree: systemFileTree() });
  return { built, output, said, name: chooseName(path, said), packMs: clock.monotonicMs() - startMs };
}

async function prepare(
  context: CommandContext,
  path: string,
  { wish, said }: { readonly wish: BuildWish; readonly said: SaidIntent },
): Promise<PreparedProject> {
  const { prepareProject } = await import("../../../packager/index.ts");
  const { ui } = context;
  return prepareProject(
    { path, build: wish.build, choice: choiceOf(said) },
    {
      tree: systemFileTree(),
      choose: ui.prompts.canAsk ? chooseCandidate(context, path) : undefined,
      approve: (detection) => approve(context, path, { detection, isApproved: wish.isApproved === true }),
      run: (detection) => run(context, detection),
    },
  );
}

/** Asks which of several things a project is. */
export function chooseCandidate({ ui }: CommandContext, path: string) {
  return async (candidates: readonly Candidate[]): Promise<Candidate> => {
    const choices = candidates.map(({ flags, detection }, index) => ({
      value: String(index),
      label: escapeForTerminal(`${detection.framework ?? detection.kind}, ${detection.type}: ${flags}`),
    }));
    const chosen = candidates[Number(await ui.prompts.choose(ui.say(texts.which, { path }), choices))];
    if (chosen !== undefined) return chosen;
    const { packagerErrors } = await import("../../../packager/index.ts");
    throw fail(packagerErrors.ambiguous, { path, choices: candidates.map(({ flags }) => flags).join(", ") });
  };
}

/** The user's word for one command of one project: said with `--yes`, said before, or asked for now. */
async function approve(
  { ui, clock }: CommandContext,
  path: string,
  { detection, isApproved }: { readonly detection: Detection; readonly isApproved: boolean },
): Promise<boolean> {
  const { createBuildConsents } = await import("../../../packager/index.ts");
  const { build } = detection;
  if (build === null) return true;
  const folder = join(homeFolder(ui.terminal), "builds");
  const consents = createBuildConsents({ folder }, { disk: systemDisk(), tree: systemFileTree(), clock });
  if (!isApproved) {
    if (await consents.has(build.command)) return true;
    if (!ui.prompts.canAsk) return false;
    const scripts = build.command.runs.map(({ name, text }) => `${name}: ${text}`).join("; ");
    const shown = scripts.length > SHOWN_SCRIPT_CHARS ? `${scripts.slice(0, SHOWN_SCRIPT_CHARS)} ...` : scripts;
    const runs = shown === "" ? "" : ui.say(texts.runs, { text: shown });
    const framework = detection.framework ?? "package.json";
    const question = ui.say(texts.mayRun, { path, framework, command: build.command.argv.join(" "), runs });
    if (!(await ui.prompts.confirm(question))) return false;
  }
  await consents.record(build.command);
  return true;
}

/** Its output is shown line by line with -v; otherwise as a remark beside the running step, and whole when it fails. */
async function run({ ui, clock, signal }: CommandContext, { build }: Detection): Promise<void> {
  if (build === null) return;
  const { packagerErrors, runBuild } = await import("../../../packager/index.ts");
  const { command } = build;
  const deps = { clock, tree: systemFileTree() };
  const title = ui.say(texts.running, { command: command.argv.join(" ") });
  const { env } = ui.terminal;
  const show = (line: string) => ui.remark(`  ${line}`);
  if (ui.level > 0) {
    ui.remark(title);
    return runBuild(command, { env, signal, onLine: show }, deps);
  }
  const work = (note: (line: string) => void) => runBuild(command, { env, signal, onLine: note }, deps);
  await ui.progress
    .run(title, (step) => work((line) => step.note(line.slice(0, 60))))
    .catch((error: unknown) => {
      if (isError(error, packagerErrors.buildStepFailed)) linesOf(error).forEach(show);
      throw error;
    });
}

function linesOf({ facts }: DsdnError): string[] {
  const lines = facts["lines"];
  return Array.isArray(lines) ? lines.map(String) : [];
}
