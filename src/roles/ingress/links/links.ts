import type { Clock, Disk, Lifecycle, Logger, Route } from "../../../base/index.ts";
import type { EventOf, ObjectId } from "../../../protocol/index.ts";
import type { Replica } from "../../../state/index.ts";
import { linkRoutes } from "./link-door.ts";
import { createLinkStore } from "./link-store.ts";
import { linkPageRoute } from "./page-route.ts";

export interface LinksDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Logger;
  readonly replica: Replica;
  /** A publication that is on its way to the log. */
  readonly findRequest: (object: ObjectId) => Promise<EventOf<"ObjectPublished"> | undefined>;
}

/** Share links of an ingress: its routes, and what has to run so that links end. */
export interface Links {
  readonly routes: readonly Route[];
  readonly store: Lifecycle;
}

/** @param options.folder - where the halves are kept, this ingress's alone. */
export function createLinks(options: { readonly folder: string }, deps: LinksDeps): Links {
  const { replica, clock } = deps;
  // Whichever is later: a link ends even while the log stands still, and with log time that was moved forward.
  const nowMs = () => Math.max(clock.nowMs(), replica.logTimeMs);
  const store = createLinkStore(options, { ...deps, nowMs });
  const routes = linkRoutes({
    network: replica.state.network,
    store,
    nowMs,
    isRevoked: (session) => replica.state.findSession(session)?.isRevoked ?? false,
    isHeld: async (object, owner) => {
      const known = replica.state.findObject(object);
      if (known?.held.some((holding) => holding.owner === owner)) return true;
      const author = (await deps.findRequest(object))?.author;
      return author !== undefined && replica.state.findSession(author)?.wallet === owner;
    },
    isGone: (object, owner) => {
      const known = replica.state.findObject(object);
      const hadIt = known?.holdings.some((holding) => holding.owner === owner) ?? false;
      return hadIt && known?.held.some((holding) => holding.owner === owner) === false;
    },
  });
  return { routes: [...routes, linkPageRoute()], store };
}
