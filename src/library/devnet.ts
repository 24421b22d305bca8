import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemDisk, systemRandom, toHex } from "../base/index.ts";
import { type Devnet as RunningDevnet, type DevnetOptions as RunOptions, startDevnet } from "../devnet/index.ts";
import { openAccount } from "../keys/index.ts";
import { type Client, openClient } from "./connect.ts";
import type { ConnectOptions } from "./connect-options.ts";

/** How the network is made. */
export interface DevnetOptions extends Omit<RunOptions, "folder"> {
  /** Where everything it keeps lies, from one start to the next; a temporary folder that goes with it unless said. */
  readonly folder?: string | undefined;
}

/** A network of this process. It ends with `stop`, or with the block that holds it by `await using`. */
export interface Devnet extends RunningDevnet, AsyncDisposable {
  /** Its ingress. */
  readonly url: string;
  /** A client with a new account of its own at each call, or with the one of the key. */
  connect(options?: Pick<ConnectOptions, "accountKey">): Promise<Client>;
}

/** Errors as `startDevnet` of the door. */
export async function openDevnet(options: DevnetOptions): Promise<Devnet> {
  const disk = systemDisk();
  const random = systemRandom();
  const { folder: kept, ...rest } = options;
  const folder = kept ?? join(tmpdir(), `dsdn-devnet-${toHex(random.bytes(8))}`);
  const clean = async () => {
    if (kept === undefined) await disk.removeFolder(folder);
  };
  const devnet = await startDevnet({ ...rest, folder: join(folder, "devnet") }).catch(async (error: unknown) => {
    await clean();
    throw error;
  });
  const url = devnet.status().ingressUrl;
  const stop = async () => {
    await devnet.stop();
    await clean();
  };
  return {
    ...facesOf(devnet),
    url,
    connect: async ({ accountKey = random.bytes(32) } = {}) => {
      const home = join(folder, "homes", openAccount(accountKey).fingerprint);
      return openClient({ url, token: devnet.token, accountKey, home });
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** What a running devnet offers, as an object that can be spread: the devnet itself is of a class. */
function facesOf(devnet: RunningDevnet): Omit<RunningDevnet, "stop"> {
  return {
    status: () => devnet.status(),
    token: devnet.token,
    fault: (kind, role) => devnet.fault(kind, role),
    heal: () => devnet.heal(),
    rebuild: (role) => devnet.rebuild(role),
    advanceClock: (byMs) => devnet.advanceClock(byMs),
    stopped: devnet.stopped,
  };
}
