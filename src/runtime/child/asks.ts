import { type Frame, type FrameInput, frameTypes } from "./frames.ts";
import type { AskReply } from "./guest.ts";

/** The questions of the guest that the parent has not answered yet. */
export interface Asks {
  open(id: number, question: { kind: string; meta: unknown; body: Uint8Array }): Promise<AskReply>;
  /** The same, holding the thread until the answer is there: nothing else of this process goes on meanwhile. */
  openNow(id: number, question: { kind: string; meta: unknown; body: Uint8Array }): AskReply;
  settle(frame: Frame): void;
}

/** Builds the list; `send` writes a frame to the parent, `receive` waits for what it sends next and hands that on. */
export function createAsks(send: (frame: FrameInput) => void, receive: () => void): Asks {
  const waiting = new Map<number, { resolve: (reply: AskReply) => void; reject: (error: Error) => void }>();
  let last = 0;
  return {
    open(id, { kind, meta, body }) {
      const ask = ++last;
      return new Promise((resolve, reject) => {
        waiting.set(ask, { resolve, reject });
        send({ type: frameTypes.ask, id, json: { ask, kind, meta }, body });
      });
    },
    openNow(id, { kind, meta, body }) {
      const ask = ++last;
      let reply: AskReply | undefined;
      let refusal: Error | undefined;
      waiting.set(ask, {
        resolve: (given) => {
          reply = given;
        },
        reject: (error) => {
          refusal = error;
        },
      });
      send({ type: frameTypes.ask, id, json: { ask, kind, meta }, body });
      for (;;) {
        receive();
        if (reply !== undefined) return reply;
        if (refusal !== undefined) throw refusal;
      }
    },
    settle({ json, body }) {
      const { ask, isGood, meta } = json as { ask: number; isGood: boolean; meta: unknown };
      const open = waiting.get(ask);
      waiting.delete(ask);
      if (isGood) open?.resolve({ meta, body });
      else open?.reject(new Error(String(meta)));
    },
  };
}
