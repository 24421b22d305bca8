import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type CallOptions, dsdn, type Outcome } from "./script.ts";

/** One user with a network, shared by the tests of a file. */
export interface SharedNetwork {
  /** The user's working folder. */
  readonly folder: string;
  readonly home: string;
  run(args: readonly string[], options?: Omit<CallOptions, "folder">): Promise<Outcome>;
  /** The summary of a call that must succeed. */
  summary(args: readonly string[], input?: string): Promise<Record<string, unknown>>;
  /** The error of a call that must fail, with the exit code the program really had. */
  failure(args: readonly string[]): Promise<{ code: string; exitCode: number; facts: Record<string, unknown> }>;
  write(files: { readonly [path: string]: string }): Promise<void>;
}

/** Starts a devnet before the tests of this file and stops it after them. @param flags - more for `dev start` */
export function useNetwork(flags: () => readonly string[] = () => []): SharedNetwork {
  let folder = "";
  const homeOf = () => join(folder, "home");
  const run: SharedNetwork["run"] = (args, options = {}) =>
    dsdn(args, { folder, ...options, env: { DSDN_HOME: homeOf(), CI: "1", ...options.env } });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dsdn-network-"));
    const started = await run(["dev", "start", "-d", ...flags()]);
    if (started.exitCode !== 0) throw new Error(started.stderr);
  });
  afterAll(async () => {
    await run(["dev", "stop"]);
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return folder;
    },
    get home() {
      return homeOf();
    },
    run,
    summary: async (args, input = "") => {
      const { exitCode, stdout, stderr } = await run([...args, "--json"], { input });
      if (exitCode !== 0) throw new Error(`${args.join(" ")}: exit ${exitCode}\n${stdout}${stderr}`);
      return JSON.parse(stdout).summary;
    },
    failure: async (args) => {
      const { exitCode, stdout } = await run([...args, "--json"]);
      const { error } = JSON.parse(stdout);
      if (error === undefined || error.exitCode !== exitCode) throw new Error(`no error, exit ${exitCode}: ${stdout}`);
      return error;
    },
    write: async (files) => {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
    },
  };
}

/** What a browser gets from a deployment whose name need not resolve: the loopback address, asked for that host. */
export function visit(
  url: string,
  path = "",
): Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }> {
  const { host, port, pathname } = new URL(path, url);
  const { search } = new URL(path, url);
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: `${pathname}${search}`, headers: { host }, agent: false as const };
    request(options, async (message) => {
      let text = "";
      for await (const part of message.setEncoding("utf8")) text += part;
      resolve({ status: message.statusCode ?? 0, text, headers: message.headers });
    })
      .on("error", reject)
      .end();
  });
}
