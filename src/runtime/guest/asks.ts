import type { GuestHost } from "./host.ts";

export interface AskAnswer {
  readonly meta: unknown;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Questions to the world outside and their answers. */
export function createAsks(host: GuestHost) {
  const open = new Map<number, { resolve: (answer: AskAnswer) => void; reject: (error: Error) => void }>();
  const { parse, stringify } = JSON;
  return {
    /** @throws TypeError with what the outside says when it refuses */
    ask(kind: string, meta: unknown, body: ArrayBuffer = new ArrayBuffer(0)): Promise<AskAnswer> {
      return new Promise((resolve, reject) => {
        open.set(host.ask(kind, stringify(meta), body), { resolve, reject });
      });
    },
    settle(id: number, isGood: number, meta: string, body: ArrayBuffer): void {
      const waiting = open.get(id);
      open.delete(id);
      if (isGood === 1) waiting?.resolve({ meta: parse(meta), bytes: new Uint8Array(body) });
      else waiting?.reject(toError(meta));
    },
    forget(ids: readonly number[]): void {
      for (const id of ids) open.delete(id);
    },
  };
}

/** `DSDN_CODE: words` becomes an error with that code. */
function toError(text: string): Error {
  const [, code, words] = /^(DSDN_[A-Z_]+): (.*)$/s.exec(text) ?? [];
  const error = new TypeError(words ?? text);
  return code === undefined ? error : Object.assign(error, { code });
}
