import { fail, type Route } from "../../base/index.ts";
import {
  type Address,
  ingressApi,
  type ObjectId,
  parseAddress,
  parseObjectId,
  parsePointerId,
} from "../../protocol/index.ts";
import { answer, serveApi } from "../surface/index.ts";
import { ingressErrors } from "./errors.ts";
import { pageOf } from "./page-of.ts";
import type { ReadSurface } from "./read-surface.ts";
import { durableObjectView, objectRowView, objectView } from "./views.ts";

/** Objects, a wallet's objects, and the names that point at them. */
export function objectRoutes(surface: ReadSurface): Route[] {
  const { replica } = surface;
  return [
    serveApi(ingressApi.object, async (request) => {
      const object = parseObjectId(request.params["object"] ?? "");
      const details = await findObject(surface, object);
      if (details === undefined) throw fail(ingressErrors.objectMissing, { object });
      return answer(`${object}: ${details.status}, ${details.replicas} replica(s)`, details);
    }),
    serveApi(ingressApi.ownerObjects, (request) => {
      const owner = parseAddress(request.params["address"] ?? "");
      const { page, next } = pageOf(request, replica.state.listObjectsOf(owner), ({ object }) => object);
      const objects = page.map((holding) => objectRowView(replica.state, holding, replica.logTimeMs));
      return answer(`${objects.length} object(s)`, { objects, next });
    }),
    serveApi(ingressApi.pointer, (request) => {
      const pointer = parsePointerId(request.params["pointer"] ?? "");
      const found = replica.state.findPointer(pointer);
      const facts = {
        pointer,
        sequence: found?.sequence ?? -1,
        root: found?.root ?? null,
        owner: found?.owner ?? null,
      };
      return answer(`pointer at sequence ${facts.sequence}`, facts);
    }),
  ];
}

/** A live holding first; while none is on the log, the publish request that is on its way. */
async function findObject(surface: ReadSurface, object: ObjectId) {
  const { replica, recent } = surface;
  const known = replica.state.findObject(object);
  const live = known?.held[0] ?? known?.holdings[0];
  if (live !== undefined) return objectView(replica.state, live, replica.logTimeMs);
  const request = recent.find(object) ?? (await surface.findRequest(object));
  if (request === undefined) return undefined;
  const owner = (replica.state.findSession(request.author)?.wallet ?? "0".repeat(40)) as Address;
  const { createdMs, expiresMs, content } = request.body;
  return durableObjectView(content, { owner, createdMs, expiresMs, zones: 2, replicas: 2 });
}
