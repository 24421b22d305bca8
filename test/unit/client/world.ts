import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";
import { seededRandom } from "../../../src/base/index.ts";
import { type Client, type ConnectDeps, type ConnectOptions, connect } from "../../../src/client/index.ts";
import { openAccount } from "../../../src/keys/index.ts";
import { IngressForTests } from "./ingress-for-tests.ts";

export interface World {
  readonly folder: string;
  readonly ingress: IngressForTests;
  readonly client: Client;
  /** Another client, as another run of the program. */
  connect(options?: Partial<ConnectOptions> & { readonly account?: string }, deps?: ConnectDeps): Client;
  /** Writes files below `src` and gives the folder. */
  write(name: string, files: { readonly [path: string]: string | Uint8Array }): string;
  path(...parts: string[]): string;
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

export async function makeWorld(zones?: string[]): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "dsdn-client-"));
  const ingress = new IngressForTests(zones);
  await ingress.server.start();
  cleanups.push(
    () => ingress.server.stop(),
    () => rmSync(folder, { recursive: true, force: true }),
  );
  const connectTo: World["connect"] = ({ account = "alice", ...options } = {}, deps = {}) =>
    connect(
      {
        ingressUrl: ingress.url,
        profileFolder: join(folder, "profile"),
        findAccount: async () => openAccount(seededRandom(account).bytes(32)),
        ...options,
      },
      deps,
    );
  return {
    folder,
    ingress,
    client: connectTo(),
    connect: connectTo,
    write(name, files) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name, path)), { recursive: true });
        writeFileSync(join(folder, name, path), content);
      }
      return join(folder, name);
    },
    path: (...parts) => join(folder, ...parts),
  };
}

/** Every path below the folder with what it holds, for comparing trees. */
export function treeOf(folder: string, prefix = ""): { [path: string]: string } {
  const tree: { [path: string]: string } = {};
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) tree[prefix + name] = `link ${readlinkSync(path)}`;
    else if (stats.isDirectory()) Object.assign(tree, { [prefix + name]: "folder" }, treeOf(path, `${prefix}${name}/`));
    else tree[prefix + name] = `${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path).toString("base64")}`;
  }
  return tree;
}
