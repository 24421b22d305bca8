import { fail, type Route } from "../../base/index.ts";
import { ingressApi, parseAddress, parseKeyId } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { answer, queryNumber, serveApi } from "../surface/index.ts";
import { ingressErrors } from "./errors.ts";
import { sessionView } from "./views.ts";

const MAX_ROWS = 1000;

/** What the log says of session keys. */
export function sessionRoutes({ replica }: { readonly replica: Replica }): Route[] {
  return [
    serveApi(ingressApi.session, (request) => {
      const session = parseKeyId(request.params["key"] ?? "");
      const found = replica.state.findSession(session);
      if (found === undefined) throw fail(ingressErrors.sessionMissing, { session });
      return answer(`session ${session.slice(0, 12)}`, sessionView(replica.state, found));
    }),
    serveApi(ingressApi.ownerSessions, (request) => {
      const owner = parseAddress(request.params["address"] ?? "");
      const limit = Math.max(1, queryNumber(request, "limit", 100, MAX_ROWS));
      const after = request.query.get("after") ?? "";
      const rows = replica.state
        .sessionsOf(owner)
        .filter(({ key }) => key > after)
        .toSorted((left, right) => (left.key < right.key ? -1 : 1));
      const page = rows.slice(0, limit);
      const sessions = page.map((session) => sessionView(replica.state, session));
      const next = rows.length > limit ? (page.at(-1)?.key ?? null) : null;
      return answer(`${sessions.length} session(s)`, { sessions, next });
    }),
  ];
}
