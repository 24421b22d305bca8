import type { RequestParts } from "../wasi/cgi.ts";
import { type Case, ComponentError } from "./component-error.ts";
import { Fields } from "./http-fields.ts";
import { InputStream, Pollable } from "./io.ts";

const METHODS = new Set(["get", "head", "post", "put", "delete", "connect", "options", "trace", "patch"]);

/** `wasi:http/types` incoming-request. @source wasi:http 0.2 */
export class IncomingRequest {
  readonly #parts: RequestParts;
  readonly #body: Uint8Array;
  #isConsumed = false;

  constructor(parts: RequestParts, body: Uint8Array) {
    this.#parts = parts;
    this.#body = body;
  }

  method(): Case {
    const tag = this.#parts.method.toLowerCase();
    return METHODS.has(tag) ? { tag } : { tag: "other", val: this.#parts.method };
  }

  pathWithQuery(): string {
    const { pathname, search } = new URL(this.#parts.url);
    return pathname + search;
  }

  scheme(): Case {
    return { tag: this.#parts.url.startsWith("https:") ? "HTTPS" : "HTTP" };
  }

  authority(): string {
    return new URL(this.#parts.url).host;
  }

  headers(): Fields {
    return Fields.ofRequest(this.#parts.headers);
  }

  consume(): IncomingBody {
    if (this.#isConsumed) throw new ComponentError(undefined);
    this.#isConsumed = true;
    return new IncomingBody(this.#body);
  }
}

/** `wasi:http/types` incoming-body: all of it is there. */
export class IncomingBody {
  readonly #bytes: Uint8Array;
  #isTaken = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  static finish(_body: IncomingBody): FutureTrailers {
    return new FutureTrailers();
  }

  stream(): InputStream {
    if (this.#isTaken) throw new ComponentError(undefined);
    this.#isTaken = true;
    return new InputStream(this.#bytes);
  }
}

/** `wasi:http/types` future-trailers: there are none. */
export class FutureTrailers {
  #isTaken = false;

  subscribe(): Pollable {
    return new Pollable();
  }

  /** The answer to a second call is the error case. */
  get(): Case {
    if (this.#isTaken) return { tag: "err" };
    this.#isTaken = true;
    return { tag: "ok", val: { tag: "ok", val: undefined } };
  }
}
