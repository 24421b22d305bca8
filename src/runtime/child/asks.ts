import { type Frame, type FrameInput, frameTypes } from "./frames.ts";
import type { AskReply } from "./guest.ts";

/** The questions of the guest that the parent has not answered yet. */
export interface Asks {
  open(id: number, question: { kind: string; meta: unknown; body: Uint8Array }): Promise<AskReply>;
  settle(frame: Frame): void;
}

/** Builds the list; `send` writes a frame to the parent. */
export function createAsks(send: (frame: FrameInput) => void): Asks {
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
    settle({ json, body }) {
      const { ask, isGood, meta } = json as { ask: number; isGood: boolean; meta: unknown };
      const open = waiting.get(ask);
      waiting.delete(ask);
      if (isGood) open?.resolve({ meta, body });
      else open?.reject(new Error(String(meta)));
    },
  };
}
