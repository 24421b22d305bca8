import { type Clock, fail } from "../base/index.ts";
import { runtimeErrors } from "./errors.ts";
import type { Question } from "./guest-process.ts";
import { fetchOutside, type OutboundRequest } from "./outbound/fetch-outside.ts";
import { type OutboundNetwork, systemNetwork } from "./outbound/network.ts";
import { hasOwn } from "./own.ts";
import type { GuestStorage, LoadInput } from "./port.ts";

interface Answer {
  readonly meta: unknown;
  readonly body: Uint8Array;
}

/** Requests of one workload to the outside that are open at the same time. */
const FETCHES_AT_ONCE = 32;
const NO_BYTES = new Uint8Array(0);

/**
 * Answers the questions of one workload within its grants.
 * @throws DSDN_RUNTIME_FETCH_REFUSED, _FETCH_FAILED, _STORAGE_REFUSED, and what the storage throws
 */
export function createQuestions(
  input: LoadInput,
  deps: { readonly clock: Clock; readonly network?: OutboundNetwork },
): (question: Question) => Promise<Answer> {
  const network = deps.network ?? systemNetwork();
  const { limits, grants } = input.spec;
  const rules = { hosts: grants.hosts, responseBytes: limits.outputBytes, timeoutMs: limits.timeMs };
  let fetches = 0;

  const fetchOne = async ({ meta, body, signal }: Question): Promise<Answer> => {
    const request = { ...readOutbound(meta), body };
    if (fetches >= FETCHES_AT_ONCE) {
      throw fail(runtimeErrors.fetchRefused, { host: "", reason: `${FETCHES_AT_ONCE} other requests are open` });
    }
    fetches++;
    try {
      const answer = await fetchOutside(request, rules, { network, clock: deps.clock }, signal);
      const { status, statusText, headers, url, isRedirected } = answer;
      return { meta: { status, statusText, headers, url, isRedirected }, body: answer.body };
    } finally {
      fetches--;
    }
  };

  return async (question) => {
    if (question.kind === "fetch") return fetchOne(question);
    if (input.storage !== undefined) return askStorage(input.storage, question, limits.outputBytes);
    throw fail(runtimeErrors.storageRefused, { reason: "there is none here" });
  };
}

/** The shape of a question is made by the guest's surface, which the program can replace: nothing of it is trusted. */
function readOutbound(meta: unknown): Omit<OutboundRequest, "body"> {
  const list = hasOwn(meta, "headers") && Array.isArray(meta.headers) ? (meta.headers as unknown[]) : [];
  const headers = list.map((pair): [string, string] => {
    const [name, value] = Array.isArray(pair) ? (pair as unknown[]) : [];
    return [String(name), String(value)];
  });
  const redirect = textOf(meta, "redirect");
  return {
    method: textOf(meta, "method") ?? "GET",
    url: textOf(meta, "url") ?? "",
    headers,
    redirect: redirect === "manual" || redirect === "error" ? redirect : "follow",
  };
}

async function askStorage(storage: GuestStorage, { kind, meta, body }: Question, limitBytes: number): Promise<Answer> {
  const name = textOf(meta, "name") ?? "";
  const object = textOf(meta, "object") ?? "";
  switch (kind) {
    case "storage.files":
      return { meta: await storage.files(object), body: NO_BYTES };
    case "storage.read":
      return { meta: null, body: bounded(await storage.read(object, textOf(meta, "path")), limitBytes) };
    case "storage.get": {
      const bytes = await storage.get(name);
      return { meta: bytes !== undefined, body: bounded(bytes ?? NO_BYTES, limitBytes) };
    }
    case "storage.put":
      await storage.put(name, body);
      return { meta: null, body: NO_BYTES };
    case "storage.remove":
      await storage.remove(name);
      return { meta: null, body: NO_BYTES };
    case "storage.list":
      return { meta: await storage.list(), body: NO_BYTES };
    default:
      throw fail(runtimeErrors.storageRefused, { reason: "it does not know this question" });
  }
}

/** The guest takes over what comes within its bound of a body. */
function bounded(bytes: Uint8Array, limitBytes: number): Uint8Array {
  if (bytes.length <= limitBytes) return bytes;
  throw fail(runtimeErrors.storageRefused, {
    reason: `${bytes.length} bytes are more than the ${limitBytes} a program may take at once`,
  });
}

function textOf(meta: unknown, name: string): string | undefined {
  const value = hasOwn(meta, name) ? meta[name] : undefined;
  return typeof value === "string" ? value : undefined;
}
