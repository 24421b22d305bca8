/** How one exchange with the child ended; `reason` of a failure is one of the child's or one of ours. */
export type Reply =
  | { readonly type: "ready" }
  | { readonly type: "response"; readonly json: unknown; readonly body: Uint8Array }
  | { readonly type: "finished"; readonly exitCode: number; readonly output: Uint8Array }
  | { readonly type: "failed"; readonly reason: string; readonly message: string };

/** One invocation that a child process works on, as its parent sees it. */
export class Exchange {
  readonly requestId: string;
  readonly reply: Promise<Reply>;
  /** Other invocations were open beside it. */
  isShared = false;
  isExtended = false;
  hasBegun = false;
  questions = 0;
  stopWatching = (): void => {};
  #abort: AbortController | undefined;
  #resolve: (reply: Reply) => void = () => {};

  constructor(requestId: string) {
    this.requestId = requestId;
    this.reply = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Aborted when nothing is done for the invocation any more. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  /** The first reply counts. */
  settle(reply: Reply): void {
    this.#resolve(reply);
  }

  close(): void {
    this.stopWatching();
    this.#abort?.abort();
  }
}
