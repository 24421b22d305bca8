import { fail, type Route } from "../../base/index.ts";
import { ingressApi, parseAddress, parseKeyId } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { answer, serveApi } from "../surface/index.ts";
import { ingressErrors } from "./errors.ts";
import { pageOf } from "./page-of.ts";
import { sessionView } from "./views.ts";

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
      const { page, next } = pageOf(request, replica.state.sessionsOf(owner), ({ key }) => key);
      const sessions = page.map((session) => sessionView(replica.state, session));
      return answer(`${sessions.length} session(s)`, { sessions, next });
    }),
  ];
}
