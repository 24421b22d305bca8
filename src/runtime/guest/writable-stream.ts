interface Sink<T> {
  start?(controller: { error(reason: unknown): void }): unknown;
  write?(chunk: T): unknown;
  close?(): unknown;
  abort?(reason: unknown): unknown;
}

/** A place that takes chunks one after another. */
export class WritableStream<T = unknown> {
  readonly #sink: Sink<T>;
  #tail: Promise<unknown>;
  #failure: { readonly reason: unknown } | undefined;
  #isClosed = false;
  #writer: object | undefined;

  constructor(sink: Sink<T> = {}) {
    this.#sink = sink;
    const controller = { error: (reason: unknown) => this.#fail(reason) };
    this.#tail = Promise.resolve(sink.start?.(controller)).catch((reason: unknown) => this.#fail(reason));
  }
  get locked(): boolean {
    return this.#writer !== undefined;
  }
  getWriter() {
    if (this.locked) throw new TypeError("The stream is locked to a writer.");
    const stream = this;
    const writer = {
      get ready() {
        return stream.#tail.then(() => {});
      },
      get closed() {
        return stream.#tail.then(() => {});
      },
      desiredSize: 1,
      write: (chunk: T) => this.#enqueue(() => this.#sink.write?.(chunk)),
      close: () => this.close(true),
      abort: (reason?: unknown) => this.abort(reason, true),
      releaseLock: () => {
        if (this.#writer === writer) this.#writer = undefined;
      },
    };
    this.#writer = writer;
    return writer;
  }
  async close(isOwner = false): Promise<void> {
    if (this.locked && !isOwner) throw new TypeError("The stream is locked to a writer.");
    if (this.#isClosed) throw new TypeError("The stream is closed already.");
    const closing = this.#enqueue(() => this.#sink.close?.());
    this.#isClosed = true;
    await closing;
  }
  async abort(reason?: unknown, isOwner = false): Promise<void> {
    if (this.locked && !isOwner) throw new TypeError("The stream is locked to a writer.");
    if (this.#isClosed || this.#failure !== undefined) return;
    this.#fail(reason);
    await this.#sink.abort?.(reason);
  }
  #fail(reason: unknown): void {
    this.#failure ??= { reason };
  }
  #enqueue(work: () => unknown): Promise<void> {
    if (this.#isClosed) return Promise.reject(new TypeError("The stream is closed already."));
    const turn = this.#tail.then(async () => {
      if (this.#failure !== undefined) throw this.#failure.reason;
      await work();
    });
    this.#tail = turn.catch((reason: unknown) => this.#fail(reason));
    return turn;
  }
}
