import { DEVNET } from "../../../profile/index.ts";
import type { CommandContext } from "../base-command.ts";
import { openAccountAccess } from "../destination/account.ts";
import { openNetwork } from "../destination/network.ts";

/** Nobody waits longer for a completion. */
const PATIENCE_MS = 1_500;

/**
 * The names of one kind, for a shell that completes. What cannot be known at once, and without asking anybody anything,
 * is no name: this never fails, makes no account and prints nothing beside the names.
 */
export async function listNames(context: CommandContext, kind: string): Promise<readonly string[]> {
  try {
    switch (kind) {
      case "networks":
        return [DEVNET, ...context.config.get().networks.keys()];
      case "codes":
        return (await context.listErrors()).map(({ code }) => code);
      case "commands":
        return context.manifest.commands.map(({ id }) => id);
      case "deployments":
        return await askNetwork(context, async ({ deployments }, signal) =>
          (await deployments.list(signal)).filter(({ isRemoved }) => !isRemoved).map(({ name }) => name),
        );
      case "objects":
        return await askNetwork(context, async ({ storage }, signal) =>
          (await storage.list(signal)).flatMap(({ name }) => (name === null ? [] : [name])),
        );
      default:
        return [];
    }
  } catch {
    return [];
  }
}

async function askNetwork(
  context: CommandContext,
  ask: (client: Awaited<ReturnType<typeof openNetwork>>["client"], signal: AbortSignal) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const { keeper } = openAccountAccess(context);
  if ((await keeper.findStatus()) === undefined) return [];
  const stopping = new AbortController();
  const cancel = context.clock.after(PATIENCE_MS, () => stopping.abort());
  const signal = AbortSignal.any([context.signal, stopping.signal]);
  try {
    const { client } = await openNetwork({ ...context, signal });
    return await ask(client, signal);
  } finally {
    cancel();
  }
}
