import type { ApiDetails, IngressApi } from "../src/protocol/index.ts";

/** An answer that is no success, in the words of whoever answered; all empty when nobody did. */
export class Refusal extends Error {
  /** Of the network's error. */
  readonly code: string;
  readonly words: { readonly en: string; readonly id: string };

  constructor(code: string, words: { readonly en: string; readonly id: string }) {
    super(words.en);
    this.code = code;
    this.words = words;
  }
}

/** The paths the page reads. Anybody may; nothing is sent that tells who asks. */
const paths = {
  network: "/v1/network",
  status: "/v1/status",
  nodes: "/v1/nodes",
  log: "/v1/log",
  newestObjects: "/v1/objects",
  newestDeployments: "/v1/deployments",
  stateAgreement: "/v1/state/agreement",
  object: "/v1/objects/{id}",
  deployment: "/v1/deployments/{id}",
  workload: "/v1/workloads/{id}",
} as const satisfies { readonly [R in keyof IngressApi]?: string };
export type Readable = keyof typeof paths;

export interface Question {
  readonly id?: string;
  readonly query?: { readonly [name: string]: number };
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The facts of an answer of the page's own ingress. @throws Refusal */
export async function read<R extends Readable>(route: R, question: Question = {}): Promise<ApiDetails<R>> {
  const { id = "", query = {}, timeoutMs = 10_000, signal } = question;
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const path = paths[route].replace("{id}", encodeURIComponent(id));
  const response = await ask(`${path}?${search}`, { ...(signal === undefined ? {} : { signal }) }, timeoutMs);
  const { details } = await readBody<{ readonly details?: ApiDetails<R> }>(response);
  if (details === undefined) throw nobody();
  return details;
}

/** What an answer says. One that breaks off, or that something else on the way gave, is none. @throws Refusal */
export async function readBody<Body extends object>(response: Response): Promise<Body> {
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body !== "object" || body === null) throw nobody();
  return body as Body;
}

function nobody(): Refusal {
  return new Refusal("", { en: "", id: "" });
}

/** Any answer that is a success. @throws Refusal */
export async function ask(url: string, init: RequestInit, timeoutMs: number): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  const response = await fetch(url, { ...init, signal, credentials: "omit", referrerPolicy: "no-referrer" }).catch(
    () => {
      throw nobody();
    },
  );
  if (response.ok) return response;
  const problem = await readBody<{ readonly [field: string]: unknown }>(response);
  const textOf = (field: string) => (typeof problem[field] === "string" ? problem[field] : "");
  throw new Refusal(textOf("code"), { en: textOf("message_en"), id: textOf("message_id") });
}
