/**
 * What the child process offers to the code inside QuickJS. Text crosses without NUL characters, because QuickJS hands
 * out C strings; `text.ts` splits around them.
 */
export interface GuestHost {
  /** stream 1 is standard output, 2 standard error. */
  log(stream: number, text: string): void;
  /** Answers invocation `id`; ignored unless it is the current one. `meta` is JSON {status, headers}. */
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
  startTimer(id: number, delayMs: number): void;
  stopTimer(id: number): void;
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
}
