/**
 * What the child process offers to the code inside QuickJS. Text crosses without NUL characters, because QuickJS hands
 * out C strings; `text.ts` splits around them.
 */
export interface GuestHost {
  /** level 0 debug, 1 info, 2 warn, 3 error; the line belongs to the invocation whose turn it is. */
  log(level: number, text: string): void;
  /** Answers invocation `id`; ignored when it is over. `meta` is JSON {status, headers}. */
  respond(id: number, meta: string, body: ArrayBuffer): void;
  /** Appends to the output of a batch run. */
  emit(bytes: ArrayBuffer): void;
  /** Ends the batch run `id`. */
  finish(id: number, exitCode: number): void;
  fail(id: number, message: string): void;
  encode(text: string): ArrayBuffer;
  decode(bytes: ArrayBuffer, isFatal: boolean): string | undefined;
  /** JSON parts of a URL, or undefined when it does not parse. `change` is JSON [field, value] or empty. */
  url(text: string, base: string, change: string): string | undefined;
  /** JSON pairs of a query string. */
  parseQuery(text: string): string;
  /** The query string of JSON pairs. */
  formatQuery(pairs: string): string;
  random(length: number): ArrayBuffer;
  /** @param name - SHA-1, SHA-256, SHA-384 or SHA-512 */
  digest(name: string, bytes: ArrayBuffer): ArrayBuffer;
  startTimer(id: number, delayMs: number): void;
  stopTimer(id: number): void;
  /** Keeps invocation `id` open after its answer while `isHeld` was 1 more often than 0. */
  hold(id: number, isHeld: number): void;
  /** Asks the world outside; the answer comes through `settle` under the number given back. */
  ask(kind: string, meta: string, body: ArrayBuffer): number;
}

/** What the surface gives back to the child process. */
export interface GuestSurface {
  /** Keeps the default export; true when it can answer requests. */
  accept(entry: unknown): boolean;
  call(id: number, meta: string, body: ArrayBuffer): void;
  /** Puts the input of a batch run into `dsdn.stdin`, before its module is evaluated. */
  feed(input: ArrayBuffer): void;
  /** Runs the default export, if there is one, and ends the run. */
  run(id: number, entry: unknown): void;
  fire(timer: number): void;
  /** The answer to a question; `meta` is JSON, or the reason in words when `isGood` is 0. */
  settle(ask: number, isGood: number, meta: string, body: ArrayBuffer): void;
  /** JSON lists of timers and questions that nothing will come of any more. */
  forget(timers: string, asks: string): void;
}
