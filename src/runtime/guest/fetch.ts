import type { createAsks } from "./asks.ts";
import { DOMException, type EventTarget } from "./events.ts";
import type { createMessageClasses } from "./messages.ts";

interface FetchMeta {
  readonly status: number;
  readonly statusText: string;
  readonly headers: [string, string][];
  readonly url: string;
  readonly isRedirected: boolean;
}

type Signal = EventTarget & { readonly aborted: boolean; readonly reason: unknown };

/** The `fetch` of the guest: requests leave through the runtime, to granted hosts only. */
export function createFetch(
  { ask }: ReturnType<typeof createAsks>,
  { Request, Response }: ReturnType<typeof createMessageClasses>,
) {
  return async function fetch(input: unknown, init?: object) {
    const request = new Request(input as string, init);
    const signal = request.signal as Signal | undefined;
    if (signal?.aborted === true) throw signal.reason;
    const { method, url, redirect } = request;
    const headers = [...request.headers];
    const bytes = await request.bytes();
    const sent = ask("fetch", { method, url, redirect, headers }, bytes.buffer);
    const { meta, bytes: body } = await (signal === undefined ? sent : Promise.race([sent, aborted(signal)]));
    const answer = meta as FetchMeta;
    const hasBody = ![204, 205, 304].includes(answer.status) && method !== "HEAD";
    const response = new Response(hasBody ? body : null, answer);
    return Object.assign(response, { url: answer.url, redirected: answer.isRedirected, type: "basic" });
  };
}

function aborted(signal: Signal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const refuse = () => reject(signal.reason ?? new DOMException("This operation was aborted", "AbortError"));
    if (signal.aborted) refuse();
    else signal.addEventListener("abort", refuse, { once: true });
  });
}
