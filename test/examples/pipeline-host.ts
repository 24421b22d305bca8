import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { root } from "../../scripts/rooms.ts";
import { typeLines } from "./reader.ts";

/**
 * Runs the steps of pipeline files as their hosts do, with bash, in a fresh copy of the repository for each job. Replaced
 * is only what fetches from elsewhere: `actions/checkout` is a copy of the folder, `actions/setup-node` the Node of these
 * tests, `npm install --global` a note of what would be installed (dsdn is on the PATH), `gh` a note of what would be said.
 */
export interface Host {
  /** The repository as it was pushed. */
  readonly repository: string;
  /** A folder for what the host itself keeps. */
  readonly scratch: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a job left behind. */
export interface JobOutcome {
  /** Of the step or line that failed; 0 when none did. */
  readonly exitCode: number;
  readonly output: string;
  /** What the page of the run shows, or of the environment. */
  readonly shown: string;
  /** The arguments of each call of `npm install --global` and `gh`, in order. */
  readonly calls: readonly string[];
}

type Texts = Readonly<Record<string, string>>;

const REAL_NPM = process.env["PATH"]
  ?.split(":")
  .map((folder) => join(folder, "npm"))
  .find((path) => existsSync(path));

/** Tools that write down how they were called, and the rest of the PATH behind them. */
function makeTools(folder: string): { readonly path: string; calls(): string[] } {
  mkdirSync(folder);
  const notes = join(folder, "calls.txt");
  writeFileSync(notes, "");
  const quoted = (path: string) => `'${path}'`;
  const note = `printf '%s\\n' "$(basename "$0") $*" >> ${quoted(notes)}`;
  const tools: Texts = {
    node: `exec ${quoted(process.execPath)} "$@"`,
    dsdn: `exec ${quoted(process.execPath)} ${quoted(join(root, "bin/dsdn.js"))} "$@"`,
    npm: `if [ "$1" = install ]; then ${note}; else exec ${quoted(REAL_NPM ?? "npm")} "$@"; fi`,
    gh: note,
  };
  for (const [name, text] of Object.entries(tools)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o700);
  }
  return {
    path: `${folder}:${process.env["PATH"] ?? ""}`,
    calls: () => readFileSync(notes, "utf8").split("\n").slice(0, -1),
  };
}

/** A machine for one job: nothing of the user who runs the tests, nothing of an earlier job. */
function makeMachine(host: Host) {
  const folder = mkdtempSync(join(host.scratch, "job-"));
  for (const name of ["home", "temp"]) mkdirSync(join(folder, name));
  const workspace = join(folder, "workspace");
  const tools = makeTools(join(folder, "tools"));
  const env: Record<string, string> = {
    PATH: tools.path,
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "temp"),
    LANG: "C.UTF-8",
    CI: "true",
    npm_config_offline: "true",
    npm_config_audit: "false",
  };
  return { folder, workspace, tools, env, temp: join(folder, "temp") };
}

const takeSources = (host: Host, workspace: string) => cpSync(host.repository, workspace, { recursive: true });

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const step = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: texts.optional(),
  env: texts.optional(),
  run: z.string().optional(),
});
const workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({ push: z.null(), pull_request: z.strictObject({ types: z.array(z.string()) }) }),
  permissions: texts,
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean() }),
  env: texts,
  jobs: z.record(
    z.string(),
    z.strictObject({
      if: z.string(),
      "runs-on": z.string(),
      "timeout-minutes": z.number(),
      permissions: texts.optional(),
      steps: z.array(step),
    }),
  ),
});

/** What `github` holds while a workflow runs; see "Contexts reference" of GitHub Actions. */
export interface GithubEvent {
  readonly event_name: "push" | "pull_request";
  readonly ref: string;
  readonly actor: string;
  readonly event: {
    readonly action?: string;
    readonly repository: { readonly default_branch: string };
    readonly pull_request?: {
      readonly number: number;
      readonly head: { readonly repo: { readonly full_name: string } };
    };
  };
}

/** Runs every job of the workflow whose condition holds for the event. @returns by the job's name */
export async function runGithub(host: Host, event: GithubEvent): Promise<Readonly<Record<string, JobOutcome>>> {
  const file = workflow.parse(parse(readFileSync(join(host.repository, ".github/workflows/dsdn.yml"), "utf8")));
  const { action } = event.event;
  if (action !== undefined && !file.on.pull_request.types.includes(action)) return {};
  const outcomes: Record<string, JobOutcome> = {};
  for (const [name, job] of Object.entries(file.jobs)) {
    const context = { github: { ...event, repository: "acme/handbook", token: "gh-token" } };
    if (evaluate(job.if, context) !== true) continue;
    outcomes[name] = await runGithubJob(host, { env: file.env, steps: job.steps }, context.github);
  }
  return outcomes;
}

async function runGithubJob(
  host: Host,
  { env, steps }: { readonly env: z.output<typeof texts>; readonly steps: readonly z.output<typeof step>[] },
  github: object,
): Promise<JobOutcome> {
  const machine = makeMachine(host);
  const { workspace, tools, folder } = machine;
  mkdirSync(workspace);
  const files = ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"] as const;
  const kept: Record<string, string> = {};
  const outputs: Record<string, { outputs: Texts }> = {};
  let output = "";
  let shown = "";
  for (const [index, { id, run, uses, if: condition, env: own = {} }] of steps.entries()) {
    const context = { github, secrets: host.secrets, vars: host.variables, steps: outputs };
    if (condition !== undefined && evaluate(condition, context) !== true) continue;
    if (uses?.startsWith("actions/checkout@")) takeSources(host, workspace);
    else if (uses !== undefined) expect(uses).toMatch(/^actions\/setup-node@/);
    if (run === undefined) continue;
    const paths = files.map((name) => [name, join(folder, `${name}-${index}`)] as const);
    for (const [, path] of paths) writeFileSync(path, "");
    const written = (name: (typeof files)[number]) => readFileSync(join(folder, `${name}-${index}`), "utf8");
    const said = Object.entries({ ...env, ...own }).map(([name, value]) => [name, fill(String(value), context)]);
    const all = { ...machine.env, RUNNER_TEMP: machine.temp, ...Object.fromEntries(paths), ...kept };
    // GitHub's own shell for `run` on Linux when none is named.
    const script = join(folder, `step-${index}.sh`);
    writeFileSync(script, run);
    const typed = await typeLines("", {
      folder: workspace,
      env: { ...all, ...Object.fromEntries(said) },
      shell: ["bash", "-e", script],
    });
    output += typed.output;
    shown += written("GITHUB_STEP_SUMMARY");
    if (typed.exitCode !== 0) return { exitCode: typed.exitCode, output, shown, calls: tools.calls() };
    Object.assign(kept, readPairs(written("GITHUB_ENV")));
    if (id !== undefined) outputs[id] = { outputs: readPairs(written("GITHUB_OUTPUT")) };
  }
  return { exitCode: 0, output, shown, calls: tools.calls() };
}

const readPairs = (text: string): Texts =>
  Object.fromEntries([...text.matchAll(/^([^=\n]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));

/** A text with its expressions filled in; what is not there is empty, as at GitHub. */
function fill(text: string, context: object): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_whole, expression: string) => String(evaluate(expression, context) ?? ""));
}

/** The part of GitHub's expressions that the file uses: names, 'texts', ==, !=, &&, ||, and format. */
function evaluate(expression: string, context: object): unknown {
  const safe = expression.replace(/'[^']*'|\./g, (part) => (part === "." ? "?." : part)).replaceAll("==", "===");
  const names = ["github", "secrets", "vars", "steps", "format"];
  const format = (text: string, ...values: unknown[]) =>
    text.replace(/\{(\d+)\}/g, (_whole, place: string) => String(values[Number(place)]));
  const known = { ...context, format } as Readonly<Record<string, unknown>>;
  return new Function(...names, `return (${safe.replaceAll("!===", "!==")});`)(...names.map((name) => known[name]));
}

const rule = z.strictObject({ if: z.string(), when: z.string().optional(), allow_failure: z.boolean().optional() });
const job = z.strictObject({
  extends: z.literal(".dsdn"),
  rules: z.array(rule),
  resource_group: z.string(),
  interruptible: z.boolean().optional(),
  variables: texts.optional(),
  script: z.array(z.string()),
  environment: z.strictObject({
    name: z.string(),
    url: z.string().optional(),
    on_stop: z.string().optional(),
    auto_stop_in: z.string().optional(),
    action: z.literal("stop").optional(),
  }),
  artifacts: z.strictObject({ reports: z.strictObject({ dotenv: z.string() }) }).optional(),
});
const pipeline = z.strictObject({
  workflow: z.strictObject({ rules: z.array(rule) }),
  stages: z.array(z.string()),
  variables: z.record(z.string(), z.union([z.string(), z.strictObject({ value: z.string(), expand: z.boolean() })])),
  ".dsdn": z.strictObject({
    stage: z.string(),
    image: z.string(),
    timeout: z.string(),
    before_script: z.array(z.string()),
  }),
  production: job,
  preview: job,
  "end-preview": job,
});

/** Runs the jobs of the pipeline that its rules choose; those that wait for a person only when they are named. */
export async function runGitlab(
  host: Host,
  predefined: Texts,
  { stopped }: { readonly stopped?: string } = {},
): Promise<Readonly<Record<string, JobOutcome>>> {
  const file = pipeline.parse(parse(readFileSync(join(host.repository, ".gitlab-ci.yml"), "utf8")));
  const { production, preview, "end-preview": endPreview } = file;
  const given = Object.entries(file.variables).map(([name, value]) => [
    name,
    typeof value === "string" ? value : value.value,
  ]);
  const ci: Texts = { CI_PROJECT_ID: "7", ...predefined, ...host.secrets, ...host.variables };
  const holds = ({ if: condition }: { readonly if: string }) => holdsAtGitlab(condition, ci);
  if (!file.workflow.rules.some(holds)) return {};
  const outcomes: Record<string, JobOutcome> = {};
  for (const [name, wanted] of Object.entries({ production, preview, "end-preview": endPreview })) {
    const chosen = wanted.rules.find(holds);
    const isDue = stopped === undefined ? chosen?.when !== "manual" : wanted.environment.action === "stop";
    if (chosen === undefined || !isDue) continue;
    const machine = makeMachine(host);
    if (wanted.variables?.["GIT_STRATEGY"] === "none") mkdirSync(machine.workspace);
    else takeSources(host, machine.workspace);
    // One shell for all lines, which ends at the first that fails: how GitLab's runner does it.
    const script = join(machine.folder, "job.sh");
    writeFileSync(script, [...file[".dsdn"].before_script, ...wanted.script].join("\n"));
    const { exitCode, output } = await typeLines("", {
      folder: machine.workspace,
      env: { ...machine.env, ...ci, ...Object.fromEntries(given) },
      shell: ["bash", "-eo", "pipefail", script],
    });
    const dotenv = join(machine.workspace, wanted.artifacts?.reports.dotenv ?? "none");
    const values = existsSync(dotenv) ? readPairs(readFileSync(dotenv, "utf8")) : {};
    const shown = [wanted.environment.name, wanted.environment.url ?? ""].map((text) =>
      text.replace(/\$(\w+)/g, (_whole, variable: string) => values[variable] ?? ci[variable] ?? ""),
    );
    outcomes[name] = { exitCode, output, shown: shown.join(" "), calls: machine.tools.calls() };
  }
  return outcomes;
}

/** Comparisons of variables and "texts", joined by &&. */
function holdsAtGitlab(condition: string, variables: Texts): boolean {
  const read = (word: string) => (word.startsWith("$") ? variables[word.slice(1)] : word.replaceAll('"', ""));
  return condition.split(" && ").every((part) => {
    const [left = "", right = ""] = part.split(" == ");
    return read(left) !== undefined && read(left) === read(right);
  });
}
