import { type ChildProcess, spawn } from "node:child_process";
import { isAbsolute } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type Clock, escapeForTerminal, type FileTree, fail } from "../../base/index.ts";
import type { BuildCommand } from "../detection/detection.ts";
import { findLaunch } from "../detection/find-launch.ts";
import { packagerErrors } from "../errors.ts";

export interface RunBuildOptions {
  /** The environment of this program; the build gets only what `buildEnvironment` keeps of it. */
  readonly env: Environment;
  /** Ends the build and everything it started. */
  readonly signal: AbortSignal;
  /** Gets each line the build writes, without control characters. */
  readonly onLine?: ((line: string) => void) | undefined;
}

type Environment = { readonly [name: string]: string | undefined };

/** What tools need to find themselves, their caches and the user's language; nothing that carries a secret of `dsdn`. */
const KEPT = new Set([
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TZ", "CI", "TMPDIR", "TEMP", "TMP", "LANG", "LANGUAGE"],
  ...["LC_ALL", "LC_CTYPE", "LC_MESSAGES", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"],
  ...["NVM_DIR", "VOLTA_HOME", "COREPACK_HOME", "PNPM_HOME", "BUN_INSTALL", "GEM_HOME", "GEM_PATH", "BUNDLE_PATH"],
  ...["CARGO_HOME", "RUSTUP_HOME", "GOPATH", "GOROOT", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"],
  ...["SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "PROGRAMFILES"],
]);
/** A build on the way to a deployment reports to nobody and draws no colours. */
const SET: Environment = {
  NO_COLOR: "1",
  DO_NOT_TRACK: "1",
  ASTRO_TELEMETRY_DISABLED: "1",
  GATSBY_TELEMETRY_DISABLED: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  NG_CLI_ANALYTICS: "false",
  NUXT_TELEMETRY_DISABLED: "1",
  STORYBOOK_DISABLE_TELEMETRY: "1",
  npm_config_update_notifier: "false",
};
/** Lines an error carries, and how many of them its message shows. */
const LAST_LINES = 40;
const SHOWN_LINES = 4;
const LINE_CHARS = 500;
/** What is read of a line, its colours included. */
const WRITTEN_CHARS = 8 * LINE_CHARS;
/** How long a build may take to end by itself once it is told to. */
const GRACE_MS = 3000;
/** How long what it left open is waited for after its end. */
const DRAIN_MS = 1000;

/**
 * Runs the project's build to its end: by argument list, never through a shell, with a reduced environment and no
 * standard input. Aborting ends it with everything it started. The caller has the user's consent.
 *
 * @throws DSDN_PACKAGER_BUILD_STEP_FAILED with the last lines, DSDN_PACKAGER_BUILD_TOOL_MISSING, or the signal's reason
 */
export async function runBuild(
  command: BuildCommand,
  options: RunBuildOptions,
  deps: { readonly clock: Clock; readonly tree: FileTree },
): Promise<void> {
  const { signal } = options;
  const env = buildEnvironment(options.env);
  const { platform, execPath: node } = process;
  const path = Object.entries(env).find(([name]) => name.toUpperCase() === "PATH")?.[1] ?? "";
  const launch = await findLaunch(command.argv, { platform, path, node }, deps.tree);
  if (launch === undefined) throw fail(packagerErrors.buildToolMissing, { program: command.argv[0] });
  signal.throwIfAborted();
  const [program, ...args] = launch;
  const last: string[] = [];
  const child = spawn(program, args, {
    cwd: command.folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that its children can be ended with it; Windows ends the tree by its root.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    readLines(stream, (line) => {
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
      options.onLine?.(line);
    });
  }
  const stop = () => endTree(child, deps.clock);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const outcome = await waitForEnd(child, program, deps.clock);
    signal.throwIfAborted();
    if (outcome === "exit code 0") return;
    const lines = last.map((line) => line.trim()).filter((line) => line !== "");
    const lastLines = findReason(lines).join(" | ") || "-";
    throw fail(packagerErrors.buildStepFailed, { command: command.argv.join(" "), outcome, lastLines, lines });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The lines that likeliest say why: from the first that speaks of an error, without the traces of the tools themselves. */
function findReason(lines: readonly string[]): string[] {
  const told = lines.filter((line) => !/^at .*[:)]|^[^\p{L}]*$/u.test(line));
  const first = told.findIndex((line) => /\berrors?\b|\bfailed\b|could not|cannot|not found/i.test(line));
  return first === -1 ? told.slice(-SHOWN_LINES) : told.slice(first, first + SHOWN_LINES);
}

/** The variables a build gets. Folders of PATH that are not absolute would let the project choose its own tools. */
export function buildEnvironment(env: Environment): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => KEPT.has(name.toUpperCase()));
  const separator = process.platform === "win32" ? ";" : ":";
  const safe = kept.map(([name, value = ""]): [string, string] => [
    name,
    name.toUpperCase() === "PATH" ? value.split(separator).filter(isAbsolute).join(separator) : value,
  ]);
  // Large sites are built with more memory than Node takes by itself; its other options could load code of the project.
  const [memory] = /--max-old-space-size=\d+/.exec(env["NODE_OPTIONS"] ?? "") ?? [];
  return { ...Object.fromEntries(safe), ...(memory === undefined ? {} : { NODE_OPTIONS: memory }), ...SET };
}

async function waitForEnd(child: ChildProcess, program: string, clock: Clock): Promise<string> {
  const closed = Promise.withResolvers<void>();
  child.once("close", () => closed.resolve());
  const outcome = await new Promise<string>((resolve, reject) => {
    child.once("error", (cause: NodeJS.ErrnoException) => {
      reject(fail(packagerErrors.buildToolMissing, { program }, { cause }));
    });
    child.once("exit", (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
  });
  // What it left running would hold the pipes, and the user's machine.
  killTree(child, "SIGKILL");
  const cancel = clock.after(DRAIN_MS, () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  });
  await closed.promise;
  cancel();
  return outcome;
}

function endTree(child: ChildProcess, clock: Clock): void {
  killTree(child, "SIGTERM");
  const cancel = clock.after(GRACE_MS, () => killTree(child, "SIGKILL"));
  child.once("exit", cancel);
}

function killTree(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === "win32") {
    spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true }).on("error", () => {});
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group is gone already.
  }
}

function readLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = "";
  const flush = (line: string) => {
    // Colours first: each of their sequences would be shown as text, and takes more room than what it colours.
    const plain = stripVTControlCharacters(line.slice(0, WRITTEN_CHARS)).replaceAll("\t", "  ");
    onLine(escapeForTerminal(plain.slice(0, LINE_CHARS)));
  };
  stream?.setEncoding("utf8");
  stream?.on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n|\r/);
    rest = (lines.pop() ?? "").slice(0, WRITTEN_CHARS);
    lines.forEach(flush);
  });
  stream?.on("end", () => {
    if (rest !== "") flush(rest);
  });
}
