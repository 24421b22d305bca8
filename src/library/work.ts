import { type Clock, systemClock } from "../base/index.ts";

/** How far one stage of some work is. */
export interface ProgressStage<Stage extends string = string> {
  readonly stage: Stage;
  /** Told once as the last of the stage; the next stage follows, or the work is done. */
  readonly isDone: boolean;
  /** Since the start of the stage. */
  readonly elapsedMs: number;
  /** Undefined for a stage that moves no bytes. */
  readonly doneBytes: number | undefined;
  /** Undefined when nobody knows it beforehand, as of a stream. */
  readonly totalBytes: number | undefined;
  /** Mean of the stage so far; undefined in its first half second. */
  readonly bytesPerSecond: number | undefined;
  /** Time left of the stage at this rate; undefined when it cannot be told. */
  readonly leftMs: number | undefined;
}

/** What is told of the work on the way, and its result: awaited, or read stage by stage with `for await`. */
export interface ProgressRun<Result, Stage extends string = string>
  extends PromiseLike<Result>,
    AsyncIterable<ProgressStage<Stage>> {}

/** Where work says how far it is. */
export interface Stages<Stage extends string> {
  /** Begins a stage; the one before is done. Nothing happens when it is this stage already. */
  enter(stage: Stage): void;
  /** @param doneBytes - since the start of the stage. @param totalBytes - when it is known. */
  update(doneBytes: number, totalBytes: number | undefined): void;
}

type Listener<Stage extends string> = (progress: ProgressStage<Stage>) => void;

/** A mean over less than this says nothing about what is left. */
const RATE_AFTER_MS = 500;

/**
 * Work that begins when it is first awaited or waited for, and runs once however often that happens. It is a promise of
 * its result, so that `await`, `catch` and `Promise.all` take it.
 */
export class Work<Result, Stage extends string = string> implements Promise<Result> {
  readonly [Symbol.toStringTag] = "Work";
  readonly #task: (stages: Stages<Stage>) => Promise<Result>;
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener<Stage>>();
  #running: Promise<Result> | undefined;

  /** @param task - called once; a stage it entered last is done when it resolves. */
  constructor(task: (stages: Stages<Stage>) => Promise<Result>, deps: { readonly clock?: Clock } = {}) {
    this.#task = task;
    this.#clock = deps.clock ?? systemClock();
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise, which begins when it is asked for
  then<Then = Result, Else = never>(
    onDone?: ((result: Result) => Then | PromiseLike<Then>) | null,
    onFailed?: ((reason: unknown) => Else | PromiseLike<Else>) | null,
  ): Promise<Then | Else> {
    return this.#begin().then(onDone, onFailed);
  }

  catch<Else = never>(onFailed?: ((reason: unknown) => Else | PromiseLike<Else>) | null): Promise<Result | Else> {
    return this.#begin().catch(onFailed);
  }

  finally(onEnd?: (() => void) | null): Promise<Result> {
    return this.#begin().finally(onEnd);
  }

  /**
   * Begins the work and tells of it: to the listener, and to whoever reads the answer with `for await`. Awaiting the
   * answer gives the result; reading it to its end throws what the work throws.
   *
   * @param listener - called at each step of a stage; what it throws is thrown by the work.
   */
  waitWithProgress(listener?: (progress: ProgressStage<Stage>) => void): ProgressRun<Result, Stage> {
    if (listener !== undefined) this.#listeners.add(listener);
    const told = new Queue<ProgressStage<Stage>>();
    const note: Listener<Stage> = (progress) => told.put(progress);
    this.#listeners.add(note);
    const running = this.#begin();
    const end = () => {
      this.#listeners.delete(note);
      if (listener !== undefined) this.#listeners.delete(listener);
      told.end();
    };
    running.then(end, end);
    return {
      // biome-ignore lint/suspicious/noThenProperty: awaiting it gives the result
      then: (onDone, onFailed) => running.then(onDone, onFailed),
      async *[Symbol.asyncIterator]() {
        // Its failure is thrown here, after what was told of it.
        running.catch(() => {});
        yield* told.read();
        await running;
      },
    };
  }

  #begin(): Promise<Result> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<Result> {
    const meter = createMeter<Stage>(this.#clock, (progress) => {
      for (const listener of this.#listeners) listener(progress);
    });
    const result = await this.#task(meter);
    meter.finish();
    return result;
  }
}

function createMeter<Stage extends string>(
  clock: Clock,
  tell: Listener<Stage>,
): Stages<Stage> & { readonly finish: () => void } {
  let current: { readonly stage: Stage; readonly startMs: number } | undefined;
  let doneBytes: number | undefined;
  let totalBytes: number | undefined;
  const timeLeft = (perMs: number | undefined) =>
    perMs === undefined || perMs === 0 || totalBytes === undefined || doneBytes === undefined
      ? undefined
      : Math.max(0, totalBytes - doneBytes) / perMs;
  const show = (isDone: boolean) => {
    if (current === undefined) return;
    const elapsedMs = clock.monotonicMs() - current.startMs;
    const perMs = doneBytes === undefined || elapsedMs < RATE_AFTER_MS ? undefined : doneBytes / elapsedMs;
    tell({
      stage: current.stage,
      isDone,
      elapsedMs,
      doneBytes,
      totalBytes,
      bytesPerSecond: perMs === undefined ? undefined : perMs * 1000,
      leftMs: isDone ? 0 : timeLeft(perMs),
    });
  };
  const finish = () => {
    show(true);
    current = undefined;
  };
  return {
    enter(stage) {
      if (current?.stage === stage) return;
      finish();
      current = { stage, startMs: clock.monotonicMs() };
      [doneBytes, totalBytes] = [undefined, undefined];
      show(false);
    },
    update(done, total) {
      [doneBytes, totalBytes] = [done, total];
      show(false);
    },
    finish,
  };
}

/** What was put in and not yet read, in order. */
class Queue<Item> {
  #items: Item[] = [];
  #isEnded = false;
  #wake = () => {};

  put(item: Item): void {
    this.#items.push(item);
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *read(): AsyncGenerator<Item> {
    for (;;) {
      yield* this.#items.splice(0);
      if (this.#items.length > 0) continue;
      if (this.#isEnded) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
