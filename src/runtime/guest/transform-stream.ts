import { type ReadableController, ReadableStream } from "./readable-stream.ts";
import { WritableStream } from "./writable-stream.ts";

interface Transformer<In, Out> {
  start?(controller: ReadableController<Out>): unknown;
  transform?(chunk: In, controller: ReadableController<Out>): unknown;
  flush?(controller: ReadableController<Out>): unknown;
}

/** Chunks go in on one side, come out changed on the other. */
export class TransformStream<In = unknown, Out = In> {
  readonly readable: ReadableStream<Out>;
  readonly writable: WritableStream<In>;

  constructor(transformer: Transformer<In, Out> = {}) {
    let side: ReadableController<Out> | undefined;
    this.readable = new ReadableStream<Out>({
      start: (controller) => {
        side = controller;
        return transformer.start?.(controller);
      },
    });
    const fail = (error: unknown): never => {
      side?.error(error);
      throw error;
    };
    this.writable = new WritableStream<In>({
      async write(chunk) {
        if (side === undefined) return;
        try {
          if (transformer.transform === undefined) side.enqueue(chunk as unknown as Out);
          else await transformer.transform(chunk, side);
        } catch (error) {
          fail(error);
        }
      },
      async close() {
        if (side === undefined) return;
        try {
          await transformer.flush?.(side);
        } catch (error) {
          fail(error);
        }
        side.close();
      },
      abort: (reason) => side?.error(reason),
    });
  }
}
