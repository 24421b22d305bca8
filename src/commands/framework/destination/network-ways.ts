import { findSignInTokens, readAuthorities, readToken } from "../../../profile/index.ts";
import type { CommandContext } from "../base-command.ts";
import type { KnownWay } from "../checkup/index.ts";
import { findTarget } from "../config/destination.ts";
import { openDevnet } from "../devnet.ts";
import { findDevnetAt } from "./network.ts";

/**
 * Every ingress of a network, with what it takes to speak to it.
 * @param name - the network in use here unless said.
 * @throws as `openNetwork`
 */
export async function findWays(
  context: CommandContext,
  name: string | undefined,
): Promise<{ readonly name: string; readonly ways: readonly KnownWay[] }> {
  const said = { ...context.globals.said, network: name, ingress: undefined };
  const meant = name === undefined ? context : { ...context, globals: { ...context.globals, said } };
  const target = await findTarget(meant, { isLocalMeant: false });
  if (target.urls === null) {
    const { ingressUrl, token } = await openDevnet(context, undefined);
    const way = { url: ingressUrl, networkId: null, token, ca: undefined };
    return { name: target.name ?? ingressUrl, ways: [way] };
  }
  const [first = ""] = target.urls;
  const devnet = await findDevnetAt(context, first);
  const networkId = target.known?.networkId ?? null;
  const ca = await readAuthorities(target.known);
  const token = devnet?.token ?? (await readToken(context.ui.terminal, target.known));
  const findSignIn = await findSignInTokens(context.ui.terminal, context);
  const ways: KnownWay[] = [];
  for (const url of target.urls) {
    ways.push({ url, networkId, ca, token: token ?? (await findSignIn?.(new URL(url).origin)) });
  }
  return { name: target.name ?? target.urls.join(", "), ways };
}
