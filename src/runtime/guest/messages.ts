import { Headers, type HeadersInput } from "./headers.ts";
import { type TextCodec, toBytes } from "./text.ts";

type BodyInput = string | ArrayBuffer | ArrayBufferView | { readonly getAll: unknown } | null | undefined;

interface RequestInput {
  readonly method?: string;
  readonly headers?: HeadersInput;
  readonly body?: BodyInput;
}

interface ResponseInput {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: HeadersInput;
}

const NULL_BODY_STATUS = [204, 205, 304];

/**
 * The Request and Response classes of the guest (WHATWG Fetch), with bodies held as whole bytes: a workload's body is
 * bounded, so nothing is gained by streams. `toUrl` normalises a URL or throws a TypeError.
 */
export function createMessageClasses(codec: TextCodec, toUrl: (text: string) => string) {
  return { Request: createRequest(codec, toUrl), Response: createResponse(codec) };
}

class Body {
  readonly #codec: TextCodec;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #isUsed = false;
  readonly headers: Headers;

  constructor(codec: TextCodec, body: BodyInput, headers: HeadersInput | undefined) {
    this.#codec = codec;
    this.headers = new Headers(headers);
    if (body === null || body === undefined) return;
    const isBinary = body instanceof ArrayBuffer || ArrayBuffer.isView(body);
    this.#bytes = isBinary ? toBytes(body) : toBytes(codec.encode(String(body)));
    if (isBinary || this.headers.has("content-type")) return;
    const isForm = typeof body === "object" && "getAll" in body;
    const type = isForm ? "application/x-www-form-urlencoded" : "text/plain";
    this.headers.set("content-type", `${type};charset=UTF-8`);
  }

  get bodyUsed(): boolean {
    return this.#isUsed;
  }
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#take();
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#take().buffer;
  }
  async text(): Promise<string> {
    const text = this.#codec.decode(this.#take(), false) ?? "";
    return text.startsWith("\ufeff") ? text.slice(1) : text;
  }
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
  /** The bytes for a copy of this message; the message itself stays unread. */
  static peek(message: Body): Uint8Array<ArrayBuffer> | undefined {
    if (message.#isUsed) throw new TypeError("The body was already read.");
    return message.#bytes;
  }
  #take(): Uint8Array<ArrayBuffer> {
    if (this.#isUsed) throw new TypeError("The body was already read.");
    this.#isUsed = this.#bytes !== undefined;
    return this.#bytes ?? new Uint8Array(0);
  }
}

function createRequest(codec: TextCodec, toUrl: (text: string) => string) {
  return class Request extends Body {
    readonly url: string;
    readonly method: string;

    constructor(input: string | Request, init: RequestInput = {}) {
      const source = input instanceof Request ? input : undefined;
      const body = init.body ?? (source === undefined ? undefined : Body.peek(source));
      super(codec, body, init.headers ?? source?.headers);
      this.url = source?.url ?? toUrl(String(input));
      this.method = (init.method ?? source?.method ?? "GET").toUpperCase();
      if (body !== undefined && body !== null && (this.method === "GET" || this.method === "HEAD")) {
        throw new TypeError(`A ${this.method} request has no body.`);
      }
    }
    clone(): Request {
      return new Request(this);
    }
  };
}

function createResponse(codec: TextCodec) {
  return class Response extends Body {
    readonly status: number;
    readonly statusText: string;

    constructor(body?: BodyInput, init: ResponseInput = {}) {
      const status = init.status ?? 200;
      if (!Number.isInteger(status) || status < 200 || status > 599) {
        throw new RangeError(`${status} is not a status between 200 and 599.`);
      }
      if (body !== null && body !== undefined && NULL_BODY_STATUS.includes(status)) {
        throw new TypeError(`A response with status ${status} has no body.`);
      }
      super(codec, body, init.headers);
      this.status = status;
      this.statusText = String(init.statusText ?? "");
    }
    get ok(): boolean {
      return this.status < 300;
    }
    clone(): Response {
      return new Response(Body.peek(this), this);
    }
    static json(value: unknown, init: ResponseInput = {}): Response {
      const headers = new Headers(init.headers);
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      return new Response(JSON.stringify(value), { ...init, headers });
    }
    static redirect(url: string, status = 302): Response {
      if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError(`${status} is not a redirect.`);
      return new Response(null, { status, headers: { location: String(url) } });
    }
  };
}
