import { baseErrors, fail, type HttpRequest } from "../../base/index.ts";
import { CHUNK_SIZE_BYTES } from "../../protocol/index.ts";

const AT_ONCE = 128;

/** Bounds how many answers with a whole chunk in memory are under way: about 2 GiB of the usual chunks. */
export interface ChunkGate {
  /** Counts the request until its client has the answer or is gone. @throws DSDN_BASE_TOO_BUSY */
  enter(request: Pick<HttpRequest, "signal" | "onOver">): void;
}

export function createChunkGate(atOnce = AT_ONCE): ChunkGate {
  let underWay = 0;
  return {
    enter: (request) => {
      request.signal.throwIfAborted();
      if (underWay >= atOnce) throw fail(baseErrors.tooBusy, { limitBytes: atOnce * CHUNK_SIZE_BYTES });
      underWay++;
      request.onOver(() => underWay--);
    },
  };
}
