import { ComponentError } from "./component-error.ts";
import type { Fields } from "./http-fields.ts";
import { OutputStream } from "./io.ts";

/** Gets the bytes a component writes as a body; may throw to end it. */
export type TakeBody = (bytes: Uint8Array) => void;

/** `wasi:http/types` outgoing-body. */
export class OutgoingBody {
  readonly #stream: OutputStream;
  #isTaken = false;
  #isFinished = false;

  constructor(take: TakeBody) {
    this.#stream = new OutputStream(take);
  }

  /** Ends the body. Trailers are not passed on. */
  static finish(body: OutgoingBody, _trailers: Fields | undefined): void {
    body.#stream.close();
    body.#isFinished = true;
  }

  /** True once its component said that it is whole. */
  isFinished(): boolean {
    return this.#isFinished;
  }

  write(): OutputStream {
    if (this.#isTaken) throw new ComponentError(undefined);
    this.#isTaken = true;
    return this.#stream;
  }
}

/** What a component set as its answer. */
export interface ComponentAnswer {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: readonly Uint8Array[];
}

/** For one request: the classes its component finds, and what it set by them. */
export interface Outgoing {
  readonly OutgoingResponse: new (headers: Fields) => object;
  readonly ResponseOutparam: new () => object;
  /** Undefined until the component has answered. */
  readonly findAnswer: () => ComponentAnswer | undefined;
}

/**
 * The classes of `wasi:http/types` that carry an answer, for one request.
 *
 * @param takeBody - told the length of every part of a body before it is kept; may throw to end the guest.
 * @source wasi:http 0.2; differs: a body may be written before the response is set, nothing is streamed
 */
export function createOutgoing(takeBody: (sizeBytes: number) => void): Outgoing {
  let answer: ComponentAnswer | undefined;

  class OutgoingResponse {
    readonly #headers: Fields;
    readonly #written: Uint8Array[] = [];
    #status = 200;
    #hasBody = false;

    constructor(headers: Fields) {
      this.#headers = headers.clone().freeze();
    }

    statusCode(): number {
      return this.#status;
    }

    setStatusCode(status: number): void {
      if (status < 200 || status > 599) throw new ComponentError(undefined);
      this.#status = status;
    }

    headers(): Fields {
      return this.#headers;
    }

    body(): OutgoingBody {
      if (this.#hasBody) throw new ComponentError(undefined);
      this.#hasBody = true;
      return new OutgoingBody((bytes) => {
        takeBody(bytes.length);
        this.#written.push(bytes);
      });
    }

    toAnswer(): ComponentAnswer {
      return { status: this.#status, headers: this.#headers.toPairs(), body: this.#written };
    }
  }

  // biome-ignore lint/complexity/noStaticOnlyClass: the glue takes a resource for a class and calls its static function
  class ResponseOutparam {
    static set(_out: ResponseOutparam, response: { tag: "ok"; val: OutgoingResponse } | { tag: "err" }): void {
      // The component says itself that it failed: nobody else's fault, no body.
      answer = response.tag === "ok" ? response.val.toAnswer() : { status: 500, headers: [], body: [] };
    }
  }

  return { OutgoingResponse, ResponseOutparam, findAnswer: () => answer };
}
