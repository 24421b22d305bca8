import type { AskReply } from "../guest.ts";
import { type Case, ComponentError } from "./component-error.ts";
import { Fields } from "./http-fields.ts";
import { IncomingBody } from "./http-incoming.ts";
import { OutgoingBody } from "./http-outgoing.ts";
import { Pollable } from "./io.ts";

/** Sends one request by way of the parent process, which alone knows what was granted. Holds the thread. */
export type SendOutside = (meta: OutsideMeta, body: Uint8Array) => AskReply;

interface OutsideMeta {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly redirect: "manual";
}

export interface HttpClientDeps {
  readonly send: SendOutside;
  /** Told the length of every part of a request's body before it is kept; may throw to end the guest. */
  readonly takeBody: (sizeBytes: number) => void;
}

/** Requests that one request may send. */
const REQUESTS = 64;
/** What the parent says of a request that may not leave. */
const REFUSED = "DSDN_RUNTIME_FETCH_REFUSED";

/** `wasi:http/types` request-options. */
export class RequestOptions {
  #connect: bigint | undefined;
  #firstByte: bigint | undefined;
  #betweenBytes: bigint | undefined;

  connectTimeout(): bigint | undefined {
    return this.#connect;
  }

  setConnectTimeout(duration: bigint | undefined): void {
    this.#connect = duration;
  }

  firstByteTimeout(): bigint | undefined {
    return this.#firstByte;
  }

  setFirstByteTimeout(duration: bigint | undefined): void {
    this.#firstByte = duration;
  }

  betweenBytesTimeout(): bigint | undefined {
    return this.#betweenBytes;
  }

  setBetweenBytesTimeout(duration: bigint | undefined): void {
    this.#betweenBytes = duration;
  }
}

/** `wasi:http/types` incoming-response: all of it is there. */
export class IncomingResponse {
  readonly #status: number;
  readonly #headers: Fields;
  readonly #body: Uint8Array;
  #isConsumed = false;

  constructor({ meta, body }: AskReply) {
    // Checked by the parent, which made it.
    const { status, headers } = meta as { status: number; headers: readonly (readonly [string, string])[] };
    this.#status = status;
    this.#headers = Fields.ofRequest(headers);
    this.#body = body;
  }

  status(): number {
    return this.#status;
  }

  headers(): Fields {
    return this.#headers;
  }

  consume(): IncomingBody {
    if (this.#isConsumed) throw new ComponentError(undefined);
    this.#isConsumed = true;
    return new IncomingBody(this.#body);
  }
}

/**
 * `wasi:http/types` future-incoming-response. The request leaves when its answer is asked for: until then the component
 * may write the body, and while the answer is on its way nothing of the component runs.
 */
export class FutureIncomingResponse {
  readonly #fetch: () => Case;
  #isTaken = false;

  constructor(fetch: () => Case) {
    this.#fetch = fetch;
  }

  subscribe(): Pollable {
    return new Pollable();
  }

  /** The answer to a second call is the error case. */
  get(): Case {
    if (this.#isTaken) return { tag: "err" };
    this.#isTaken = true;
    return { tag: "ok", val: this.#fetch() };
  }
}

/** `wasi:http/types` outgoing-request. */
class RequestToSend {
  readonly #headers: Fields;
  readonly #takeBody: HttpClientDeps["takeBody"];
  readonly #written: Uint8Array[] = [];
  #body: OutgoingBody | undefined;
  #method: Case = { tag: "get" };
  #pathWithQuery: string | undefined;
  #scheme: Case | undefined;
  #authority: string | undefined;

  constructor(headers: Fields, takeBody: HttpClientDeps["takeBody"]) {
    this.#headers = headers.clone().freeze();
    this.#takeBody = takeBody;
  }

  body(): OutgoingBody {
    if (this.#body !== undefined) throw new ComponentError(undefined);
    this.#body = new OutgoingBody((bytes) => {
      this.#takeBody(bytes.length);
      this.#written.push(bytes);
    });
    return this.#body;
  }

  method(): Case {
    return this.#method;
  }

  setMethod(method: Case): void {
    this.#method = method;
  }

  pathWithQuery(): string | undefined {
    return this.#pathWithQuery;
  }

  setPathWithQuery(path: string | undefined): void {
    this.#pathWithQuery = path;
  }

  scheme(): Case | undefined {
    return this.#scheme;
  }

  setScheme(scheme: Case | undefined): void {
    this.#scheme = scheme;
  }

  authority(): string | undefined {
    return this.#authority;
  }

  setAuthority(authority: string | undefined): void {
    this.#authority = authority;
  }

  headers(): Fields {
    return this.#headers;
  }

  /** What leaves. @throws ComponentError when it says not where to, or its body was left unfinished */
  toOutside(): { readonly meta: OutsideMeta; readonly body: Uint8Array } {
    const { tag, val } = this.#method;
    const scheme = this.#scheme?.tag ?? "HTTPS";
    if (this.#authority === undefined || (scheme !== "HTTP" && scheme !== "HTTPS")) {
      throw new ComponentError({ tag: "HTTP-request-URI-invalid" });
    }
    if (this.#body?.isFinished() === false) {
      throw new ComponentError({ tag: "internal-error", val: "the body of the request was not finished" });
    }
    const url = `${scheme.toLowerCase()}://${this.#authority}${this.#pathWithQuery ?? "/"}`;
    const method = tag === "other" ? String(val) : tag.toUpperCase();
    const meta: OutsideMeta = { method, url, headers: this.#headers.toPairs(), redirect: "manual" };
    return { meta, body: new Uint8Array(Buffer.concat(this.#written)) };
  }
}

/** What a component that calls out is given. */
export interface ComponentHttpClient {
  readonly OutgoingRequest: new (headers: Fields) => RequestToSend;
  handle(request: RequestToSend, options: RequestOptions | undefined): FutureIncomingResponse;
}

/**
 * The classes of `wasi:http/types` and the function of `wasi:http/outgoing-handler` for the requests that one request
 * sends. The time limits a component sets are not looked at: the node has its own.
 *
 * @source wasi:http 0.2, `outgoing-handler`, `future-incoming-response`; differs: one request after another
 */
export function createHttpClient({ send, takeBody }: HttpClientDeps): ComponentHttpClient {
  let requests = 0;

  class OutgoingRequest extends RequestToSend {
    constructor(headers: Fields) {
      super(headers, takeBody);
    }
  }

  function fetchNow(request: RequestToSend): Case {
    try {
      const { meta, body } = request.toOutside();
      return { tag: "ok", val: new IncomingResponse(send(meta, body)) };
    } catch (error) {
      if (error instanceof ComponentError) return { tag: "err", val: error.payload };
      const text = error instanceof Error ? error.message : "";
      return { tag: "err", val: text.includes(REFUSED) ? DENIED : { tag: "internal-error", val: text } };
    }
  }

  function handle(request: RequestToSend, _options: RequestOptions | undefined): FutureIncomingResponse {
    requests++;
    if (requests > REQUESTS) throw new ComponentError(DENIED);
    return new FutureIncomingResponse(() => fetchNow(request));
  }

  return { OutgoingRequest, handle };
}

const DENIED: Case = { tag: "HTTP-request-denied" };
