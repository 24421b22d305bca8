import { tmpdir } from "node:os";
import { join } from "node:path";
import { baseErrors, isError, systemDisk, systemRandom, toHex } from "../../../base/index.ts";
import type { Devnet } from "../../../devnet/index.ts";
import { nothingKept } from "../../../profile/index.ts";
import type { Terminal } from "../../../ui/index.ts";
import type { CommandContext } from "../base-command.ts";
import { openAccountAccess } from "../destination/account.ts";
import { openDevnet } from "../devnet.ts";
import { homeFolder } from "../home.ts";

/** Where a demonstration happens: a home, the devnet in it, and a folder for its files. */
export interface DemoWorld {
  /** Commands under this context use the demonstration's home and network. */
  readonly context: CommandContext;
  readonly home: string;
  /** True when `home` is the user's own, so that every command finds the network by itself. */
  readonly isOwnHome: boolean;
  readonly devnet: Devnet;
  readonly files: string;
  /** Stops the network; deletes what the demonstration made, unless it lies in the user's own home. */
  end(): Promise<void>;
}

/**
 * Starts the devnet of a demonstration. It is the user's own devnet when none runs and no key of the user is asked for
 * a passphrase; a network of its own in a temporary folder otherwise, and always when `isOnce`.
 */
export async function openDemoWorld(context: CommandContext, options: { isOnce: boolean }): Promise<DemoWorld> {
  const disk = systemDisk();
  const random = systemRandom();
  const files = join(tmpdir(), `dsdn-demo-${toHex(random.bytes(6))}`);
  await disk.makeFolder(files);
  const ownHome = homeFolder(context.ui.terminal);
  const open = async (home: string): Promise<DemoWorld> => {
    const isOwnHome = home === ownHome;
    const { startLocalDevnet } = await import("../../../devnet/index.ts");
    const devnet = await startLocalDevnet({ folder: `${home}/devnet` }, { disk, clock: context.clock, random });
    const end = async () => {
      await devnet.stop();
      if (options.isOnce) await disk.removeFolder(files);
    };
    return { context: contextIn(context, { home, folder: files }), home, isOwnHome, devnet, files, end };
  };
  if (options.isOnce || !(await isFree(context))) return open(join(files, "home"));
  try {
    return await open(ownHome);
  } catch (error) {
    // The ports it had are another program's now: the demonstration needs none in particular.
    if (isError(error, baseErrors.portTaken)) return open(join(files, "home"));
    throw error;
  }
}

/** A context whose commands use another home and stand in another folder. */
export function contextIn(context: CommandContext, place: { home: string; folder: string }): CommandContext {
  const { terminal } = context.ui;
  const env = { ...terminal.env, DSDN_HOME: place.home, DSDN_INGRESS_ENDPOINT: undefined, DSDN_NETWORK: undefined };
  const moved: Terminal = Object.create(terminal, { env: { value: env }, folder: { value: place.folder } });
  const globals = { ...context.globals, said: {} };
  return { ...context, globals, config: nothingKept(moved), ui: { ...context.ui, terminal: moved } };
}

async function isFree(context: CommandContext): Promise<boolean> {
  const running = await openDevnet(context, undefined).catch(() => undefined);
  if (running !== undefined) return false;
  const account = await openAccountAccess(context).keeper.findStatus();
  return account === undefined || account.store === "device";
}
