import { Blob } from "./blob.ts";
import { decodeForm, encodeForm, FormData } from "./form-data.ts";
import { Headers, type HeadersInput } from "./headers.ts";
import { ReadableStream } from "./readable-stream.ts";
import { type TextCodec, toBytes } from "./text.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type BodyInput =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | FormData
  | ReadableStream<unknown>
  | { readonly getAll: unknown }
  | null
  | undefined;

interface RequestInput {
  readonly method?: string;
  readonly headers?: HeadersInput;
  readonly body?: BodyInput;
  readonly redirect?: string;
  readonly signal?: unknown;
}

interface ResponseInput {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: HeadersInput;
}

/** What the message classes need of the rest of the surface. */
export interface MessageParts {
  readonly codec: TextCodec;
  /** The normalised URL. @throws TypeError */
  readonly toUrl: (text: string) => string;
  readonly parseQuery: (text: string) => Iterable<readonly [string, string]>;
  readonly createBoundary: () => string;
}

const NULL_BODY_STATUS = [101, 204, 205, 304];
const REDIRECTS = [301, 302, 303, 307, 308];
const METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];

/**
 * The Request and Response classes of the guest (WHATWG Fetch). A body is held as whole bytes, or is a stream that the
 * program made; a stream is read to its end before an answer leaves.
 */
export function createMessageClasses(parts: MessageParts) {
  return { Request: createRequest(parts), Response: createResponse(parts) };
}

class Body {
  readonly #parts: MessageParts;
  #bytes: Bytes | undefined;
  #stream: ReadableStream<unknown> | undefined;
  #isUsed = false;
  readonly headers: Headers;

  constructor(parts: MessageParts, body: BodyInput, headers: HeadersInput | undefined) {
    this.#parts = parts;
    this.headers = new Headers(headers);
    if (body === null || body === undefined) return;
    if (body instanceof ReadableStream) {
      if (body.locked || ReadableStream.isDisturbed(body)) throw new TypeError("The stream was already read.");
      this.#stream = body;
      return;
    }
    const [bytes, type] = this.#read(body);
    this.#bytes = bytes;
    if (type !== "" && !this.headers.has("content-type")) this.headers.set("content-type", type);
  }

  get body(): ReadableStream<unknown> | null {
    if (this.#bytes === undefined && this.#stream === undefined) return null;
    if (this.#stream === undefined) {
      const bytes = this.#bytes;
      this.#stream = ReadableStream.from(bytes === undefined || bytes.length === 0 || this.#isUsed ? [] : [bytes]);
      this.#bytes = undefined;
    }
    return this.#stream;
  }
  get bodyUsed(): boolean {
    return this.#isUsed || (this.#stream !== undefined && ReadableStream.isDisturbed(this.#stream));
  }
  async bytes(): Promise<Bytes> {
    return this.#take();
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.#take()).buffer;
  }
  async blob(): Promise<Blob> {
    return new Blob([await this.#take()], { type: this.headers.get("content-type") ?? "" });
  }
  async text(): Promise<string> {
    const text = this.#parts.codec.decode(await this.#take(), false) ?? "";
    return text.startsWith("\ufeff") ? text.slice(1) : text;
  }
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
  async formData(): Promise<FormData> {
    const type = this.headers.get("content-type") ?? "";
    if (/^multipart\/form-data/i.test(type)) return decodeForm(await this.#take(), type, this.#parts.codec);
    if (!/^application\/x-www-form-urlencoded/i.test(type)) throw new TypeError("The body is not a form.");
    const form = new FormData();
    for (const [name, value] of this.#parts.parseQuery(await this.text())) form.append(name, value);
    return form;
  }
  /** The body for a copy of this message; the message itself stays unread. */
  static copy(message: Body): BodyInput {
    if (message.bodyUsed || message.#stream?.locked === true) throw new TypeError("The body was already read.");
    if (message.#stream === undefined) return message.#bytes;
    const [mine, other] = message.#stream.tee();
    message.#stream = mine;
    return other;
  }
  /** The body itself; the message counts as read. */
  static move(message: Body): BodyInput {
    if (message.bodyUsed) throw new TypeError("The body was already read.");
    const body = message.#stream ?? message.#bytes;
    message.#isUsed = body !== undefined;
    return body;
  }

  /** Bytes and type of a body that is there already. */
  #read(body: Exclude<BodyInput, ReadableStream<unknown> | null | undefined>): [Bytes, string] {
    const { codec } = this.#parts;
    if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return [toBytes(body), ""];
    if (body instanceof Blob) return [Blob.peek(body), body.type];
    if (body instanceof FormData) {
      const boundary = this.#parts.createBoundary();
      return [encodeForm(body, codec, boundary), `multipart/form-data; boundary=${boundary}`];
    }
    const isForm = typeof body === "object" && "getAll" in body;
    const type = isForm ? "application/x-www-form-urlencoded" : "text/plain";
    return [toBytes(codec.encode(String(body))), `${type};charset=UTF-8`];
  }

  async #take(): Promise<Bytes> {
    if (this.bodyUsed || this.#stream?.locked === true) throw new TypeError("The body was already read.");
    this.#isUsed = this.#bytes !== undefined || this.#stream !== undefined;
    if (this.#stream === undefined) return this.#bytes ?? new Uint8Array(0);
    const chunks: Bytes[] = [];
    for await (const chunk of this.#stream) {
      const isBinary = chunk instanceof ArrayBuffer || ArrayBuffer.isView(chunk);
      if (!isBinary) throw new TypeError("A chunk of the body is not bytes.");
      chunks.push(toBytes(chunk));
    }
    return Blob.peek(new Blob(chunks));
  }
}

function createRequest(parts: MessageParts) {
  return class Request extends Body {
    readonly url: string;
    readonly method: string;
    readonly redirect: string;
    readonly signal: unknown;

    constructor(input: string | { toString(): string } | Request, init: RequestInput = {}) {
      const source = input instanceof Request ? input : undefined;
      const named = String(init.method ?? source?.method ?? "GET");
      const method = METHODS.includes(named.toUpperCase()) ? named.toUpperCase() : named;
      if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) throw new TypeError(`"${method}" is not a method.`);
      const body = init.body ?? (source === undefined ? undefined : Body.move(source));
      if (body !== undefined && body !== null && (method === "GET" || method === "HEAD")) {
        throw new TypeError(`A ${method} request has no body.`);
      }
      super(parts, body, init.headers ?? source?.headers);
      this.url = source?.url ?? parts.toUrl(String(input));
      this.method = method;
      this.redirect = init.redirect ?? source?.redirect ?? "follow";
      this.signal = init.signal ?? source?.signal;
    }
    clone(): Request {
      const { url, method, headers, redirect, signal } = this;
      return new Request(url, { method, headers, redirect, signal, body: Body.copy(this) });
    }
  };
}

function createResponse(parts: MessageParts) {
  return class Response extends Body {
    readonly status: number;
    readonly statusText: string;
    url = "";
    redirected = false;
    type = "default";

    constructor(body?: BodyInput, init: ResponseInput = {}) {
      const status = init.status ?? 200;
      if (!Number.isInteger(status) || status < 200 || status > 599) {
        throw new RangeError(`${status} is not a status between 200 and 599.`);
      }
      if (body !== null && body !== undefined && NULL_BODY_STATUS.includes(status)) {
        throw new TypeError(`A response with status ${status} has no body.`);
      }
      super(parts, body, init.headers);
      this.status = status;
      this.statusText = String(init.statusText ?? "");
    }
    get ok(): boolean {
      return this.status < 300;
    }
    clone(): Response {
      const { url, redirected, type } = this;
      return Object.assign(new Response(Body.copy(this), this), { url, redirected, type });
    }
    static json(value: unknown, init: ResponseInput = {}): Response {
      const text = JSON.stringify(value);
      if (text === undefined) throw new TypeError("The value has no JSON.");
      const headers = new Headers(init.headers);
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      return new Response(text, { ...init, headers });
    }
    static redirect(url: string, status = 302): Response {
      if (!REDIRECTS.includes(status)) throw new RangeError(`${status} is not a redirect.`);
      return new Response(null, { status, headers: { location: String(url) } });
    }
    /** Stands for a request that failed; its status is 0 elsewhere and 502 here, where every answer is sent. */
    static error(): Response {
      return Object.assign(new Response(null, { status: 502 }), { type: "error" });
    }
  };
}
