/** What the HTTP client of base reads of an answer. */
interface Answer {
  readonly statusCode: number;
  readonly headers: { readonly [name: string]: string };
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array>;
}

interface Request {
  readonly options: {
    readonly method: string;
    readonly headers: { readonly [name: string]: string };
    readonly signal: AbortSignal;
  };
  readonly events: { readonly onAnswer: (answer: Answer) => void; readonly onFault: (error: unknown) => void };
}

interface Body {
  end(body: Uint8Array | string | undefined): void;
}

/**
 * One request by the browser's own fetch; the bundle for browsers puts this file in place of `src/base/http-dial.ts`.
 * Cookies are never sent, and a redirect is an error as everywhere.
 */
export function dial(url: URL, target: string, { options, events }: Request): Body {
  return {
    end(body) {
      const sent = body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> | string };
      const rules = { credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" } as const;
      const answering = fetch(new URL(target, url), { ...options, ...rules, ...sent });
      answering.then((response) => events.onAnswer(answerOf(response)), events.onFault);
    },
  };
}

/** Sends the body. A browser tells nobody how much of it has left. */
export function sendBody(request: Body, body: Uint8Array | string | undefined): void {
  request.end(body);
}

function answerOf(response: Response): Answer {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    async *[Symbol.asyncIterator]() {
      const reader = response.body?.getReader();
      for (;;) {
        const step = await reader?.read();
        if (step === undefined || step.done) return;
        yield step.value;
      }
    },
  };
}
