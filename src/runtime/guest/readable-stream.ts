import type { WritableStream } from "./writable-stream.ts";

/** What a stream is read from. */
export interface Source<T> {
  start?(controller: ReadableController<T>): unknown;
  pull?(controller: ReadableController<T>): unknown;
  cancel?(reason: unknown): unknown;
}

type Result<T> = { done: false; value: T } | { done: true; value: undefined };

/** The side that fills a stream. */
export class ReadableController<T> {
  readonly #pipe: Pipe<T>;
  constructor(pipe: Pipe<T>) {
    this.#pipe = pipe;
  }
  get desiredSize(): number {
    return this.#pipe.isOpen ? 1 - this.#pipe.chunks.length : 0;
  }
  enqueue(chunk: T): void {
    if (!this.#pipe.isOpen) throw new TypeError("The stream takes no more chunks.");
    this.#pipe.chunks.push(chunk);
    this.#pipe.wake();
  }
  close(): void {
    this.#pipe.isOpen = false;
    this.#pipe.wake();
  }
  terminate(): void {
    this.close();
  }
  error(reason?: unknown): void {
    this.#pipe.fail(reason);
  }
}

/** The chunks between the two sides. */
class Pipe<T> {
  chunks: T[] = [];
  isOpen = true;
  failure: { readonly reason: unknown } | undefined;
  #waiting: (() => void)[] = [];

  wake(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
  fail(reason: unknown): void {
    this.failure ??= { reason };
    this.isOpen = false;
    this.chunks = [];
    this.wake();
  }
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** A stream of chunks (WHATWG Streams, default controller; byte readers are not there). */
export class ReadableStream<T = unknown> {
  readonly #pipe = new Pipe<T>();
  readonly #source: Source<T>;
  readonly #controller: ReadableController<T>;
  readonly #ready: Promise<unknown>;
  #reader: object | undefined;
  #isPulling = false;
  #isDisturbed = false;

  constructor(source: Source<T> = {}) {
    this.#source = source;
    this.#controller = new ReadableController(this.#pipe);
    const started = source.start?.(this.#controller);
    this.#ready = Promise.resolve(started).catch((reason: unknown) => this.#pipe.fail(reason));
  }

  static from<T>(items: Iterable<T> | AsyncIterable<T>): ReadableStream<T> {
    const iterator =
      Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : (items as Iterable<T>)[Symbol.iterator]();
    return new ReadableStream<T>({
      async pull(controller) {
        const next = await iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: async (reason) => void (await iterator.return?.(reason)),
    });
  }
  /** True once somebody read from it or cancelled it. */
  static isDisturbed(stream: ReadableStream<unknown>): boolean {
    return stream.#isDisturbed;
  }

  get locked(): boolean {
    return this.#reader !== undefined;
  }

  getReader(options: { readonly mode?: string } = {}) {
    if (options.mode !== undefined) throw new TypeError("Byte readers are not available here.");
    if (this.locked) throw new TypeError("The stream is locked to a reader.");
    const ended = (async () => {
      while (this.#pipe.isOpen || this.#pipe.chunks.length > 0) await this.#pipe.changed();
      if (this.#pipe.failure !== undefined) throw this.#pipe.failure.reason;
    })();
    ended.catch(() => {});
    const check = () => {
      if (this.#reader !== reader) throw new TypeError("The reader was released.");
    };
    const reader = {
      closed: ended,
      read: async (): Promise<Result<T>> => {
        check();
        return this.#read();
      },
      cancel: async (reason?: unknown): Promise<void> => {
        check();
        await this.#cancel(reason);
      },
      releaseLock: (): void => {
        if (this.#reader === reader) this.#reader = undefined;
      },
    };
    this.#reader = reader;
    return reader;
  }

  async cancel(reason?: unknown): Promise<void> {
    if (this.locked) throw new TypeError("The stream is locked to a reader.");
    await this.#cancel(reason);
  }

  async *values(options: { readonly preventCancel?: boolean } = {}): AsyncGenerator<T, void, void> {
    const reader = this.getReader();
    let isOver = false;
    try {
      for (;;) {
        const next = await reader.read();
        isOver = next.done;
        if (next.done) return;
        yield next.value;
      }
    } catch (error) {
      isOver = true;
      throw error;
    } finally {
      if (!isOver && options.preventCancel !== true) await reader.cancel();
      reader.releaseLock();
    }
  }
  [Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    return this.values();
  }

  async pipeTo(target: WritableStream<T>): Promise<void> {
    const writer = target.getWriter();
    const reader = this.getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) await writer.write(next.value);
      await writer.close();
    } catch (error) {
      await writer.abort(error);
      throw error;
    } finally {
      reader.releaseLock();
      writer.releaseLock();
    }
  }
  pipeThrough<Out>(pair: { readonly writable: WritableStream<T>; readonly readable: ReadableStream<Out> }) {
    this.pipeTo(pair.writable).catch(() => {});
    return pair.readable;
  }

  /** Two streams with the same chunks. */
  tee(): [ReadableStream<T>, ReadableStream<T>] {
    const reader = this.getReader();
    const sides: ReadableController<T>[] = [];
    const pull = async (): Promise<void> => {
      const next = await reader.read();
      for (const side of sides) {
        if (next.done) side.close();
        else side.enqueue(next.value);
      }
    };
    const branch = () =>
      new ReadableStream<T>({
        start: (controller) => void sides.push(controller),
        pull: () =>
          pull().catch((error: unknown) => {
            for (const side of sides) side.error(error);
          }),
      });
    return [branch(), branch()];
  }

  async #read(): Promise<Result<T>> {
    this.#isDisturbed = true;
    await this.#ready;
    for (;;) {
      if (this.#pipe.failure !== undefined) throw this.#pipe.failure.reason;
      if (this.#pipe.chunks.length > 0) {
        const value = this.#pipe.chunks.shift() as T;
        if (!this.#pipe.isOpen) this.#pipe.wake();
        return { done: false, value };
      }
      if (!this.#pipe.isOpen) return { done: true, value: undefined };
      const changed = this.#pipe.changed();
      this.#pull();
      await changed;
    }
  }

  #pull(): void {
    if (this.#isPulling || this.#source.pull === undefined) return;
    this.#isPulling = true;
    const pulled = async () => this.#source.pull?.(this.#controller);
    pulled()
      .catch((reason: unknown) => this.#pipe.fail(reason))
      .finally(() => {
        this.#isPulling = false;
        this.#pipe.wake();
      });
  }

  async #cancel(reason: unknown): Promise<void> {
    this.#isDisturbed = true;
    if (!this.#pipe.isOpen) return;
    this.#pipe.isOpen = false;
    this.#pipe.chunks = [];
    this.#pipe.wake();
    await this.#source.cancel?.(reason);
  }
}
