import { fail, findBase64, type Route, toBase64 } from "../../../base/index.ts";
import {
  type Address,
  type ApiDetails,
  decodeLinkRequest,
  ingressApi,
  isLinkRequestSigned,
  isSessionGrantSigned,
  type KeyId,
  type LinkAct,
  type LinkRequest,
  limits,
  type NetworkId,
  type ObjectId,
  parseLinkId,
} from "../../../protocol/index.ts";
import { answer, serveApi } from "../../surface/index.ts";
import { linkDoorErrors } from "./errors.ts";
import type { LinkFacts, LinkStore } from "./link-store.ts";

export interface LinkDoorDeps {
  readonly network: NetworkId;
  readonly store: LinkStore;
  /** The moment links and requests are judged by. */
  readonly nowMs: () => number;
  /** True when the log says that this session key was revoked. */
  readonly isRevoked: (session: KeyId) => boolean;
  /** Whether the wallet keeps the object: by the log, or by a publication on its way. */
  readonly isHeld: (object: ObjectId, owner: Address) => Promise<boolean>;
  /** Whether the log says that the wallet kept the object and does so no more. */
  readonly isGone: (object: ObjectId, owner: Address) => boolean;
}

const endings = {
  expired: linkDoorErrors.expired,
  revoked: linkDoorErrors.revoked,
  removed: linkDoorErrors.removed,
};

/** Clocks of client and ingress may differ by this much; a request is good for so long. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

/**
 * The routes of share links. Who changes something is proved by the signed request; who reads, by knowing the link.
 * None of them learns what a link opens.
 */
export function linkRoutes(deps: LinkDoorDeps): Route[] {
  const { store } = deps;
  return [
    serveApi(ingressApi.createLink, async (_request, body) => {
      const { ask, owner, createdMs } = openRequest(deps, body.request, "create");
      if (ask.expiresMs <= deps.nowMs()) throw refused("it has ended before it begins");
      if (ask.expiresMs > createdMs + limits.linkLifeMs) throw refused("it lasts longer than 365 days");
      if (!(await deps.isHeld(ask.object, owner))) throw fail(linkDoorErrors.notHeld, { object: ask.object });
      const { act: _act, ...link } = ask;
      const added = await store.add({ ...link, owner, createdMs });
      return answer(`share link ${added.link} kept`, toRow(added));
    }),
    serveApi(ingressApi.listLinks, (_request, body) => {
      const { owner } = openRequest(deps, body.request, "list");
      const links = store.listOf(owner).map((link) => toRow(judged(deps, link)));
      return answer(`${links.length} share link(s)`, { links });
    }),
    serveApi(ingressApi.revokeLink, async (_request, body) => {
      const { ask, owner } = openRequest(deps, body.request, "revoke");
      const known = store.find(ask.link);
      // A stranger is not told whether the link exists.
      if (known?.owner !== owner) throw fail(linkDoorErrors.unknown, { link: ask.link });
      await store.end(ask.link, "revoked");
      return answer(`share link ${ask.link} revoked`, toRow(store.find(ask.link) ?? known));
    }),
    linkRoute(deps),
  ];
}

function linkRoute(deps: LinkDoorDeps): Route {
  const { store } = deps;
  const served = serveApi(ingressApi.link, async (request) => {
    const link = parseLinkId(request.params["link"] ?? "");
    const known = store.find(link);
    if (known === undefined) throw fail(linkDoorErrors.unknown, { link });
    const { state } = judged(deps, known);
    if (known.state === "open" && state !== "open") await store.end(link, state);
    const secret = state === "open" ? await store.openSecret(link) : undefined;
    if (secret === undefined) throw fail(endings[state === "open" ? "expired" : state], { link });
    const { half, sealed } = secret;
    const { expiresMs } = known;
    return answer("one half of a share link", { link, expiresMs, half: toBase64(half), sealed: toBase64(sealed) });
  });
  const headers = { "cache-control": "no-store", "referrer-policy": "no-referrer" };
  return { ...served, handle: async (request) => ({ ...(await served.handle(request)), headers }) };
}

/** The link as it stands at this moment, whatever the last sweep saw. */
function judged(deps: LinkDoorDeps, link: LinkFacts): LinkFacts {
  if (link.state !== "open") return link;
  if (link.expiresMs <= deps.nowMs()) return { ...link, state: "expired" };
  return deps.isGone(link.object, link.owner) ? { ...link, state: "removed" } : link;
}

type Ask<Act extends LinkAct["act"]> = Extract<LinkAct, { act: Act }>;

interface OpenRequest<Act extends LinkAct["act"]> {
  readonly ask: Ask<Act>;
  readonly owner: Address;
  readonly createdMs: number;
}

function openRequest<Act extends LinkAct["act"]>(deps: LinkDoorDeps, given: string, act: Act): OpenRequest<Act> {
  const bytes = findBase64(given);
  if (bytes === undefined) throw refused("it is not base64");
  const request = decodeLinkRequest(bytes);
  checkRequest(deps, request);
  const { ask, grant, createdMs } = request;
  if (!isAct(ask, act)) throw refused("it asks for something else");
  return { ask, owner: grant.wallet, createdMs };
}

function isAct<Act extends LinkAct["act"]>(ask: LinkAct, act: Act): ask is Ask<Act> {
  return ask.act === act;
}

function checkRequest(deps: LinkDoorDeps, request: LinkRequest): void {
  const { grant, createdMs } = request;
  const nowMs = deps.nowMs();
  if (request.network !== deps.network) throw refused("it was made for another network");
  if (Math.abs(nowMs - createdMs) > CLOCK_TOLERANCE_MS) throw refused("it is too old, or from the future");
  if (!isLinkRequestSigned(request)) throw refused("its signature is wrong");
  if (!isSessionGrantSigned(deps.network, grant)) throw refused("its wallet did not grant it");
  if (!grant.scopes.includes("upload")) throw refused("its session may not share");
  if (grant.expiresMs <= nowMs) throw refused("its session has expired");
  if (deps.isRevoked(request.sessionKey)) throw refused("its session was revoked");
}

function toRow({ link, object, createdMs, expiresMs, state, note }: LinkFacts): ApiDetails<"createLink"> {
  return { link, object, createdMs, expiresMs, state, note: toBase64(note) };
}

function refused(reason: string) {
  return fail(linkDoorErrors.refused, { reason });
}
