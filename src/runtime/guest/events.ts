/** Errors of the platform by name (WebIDL 3.14). */
export class DOMException extends Error {
  override readonly name: string;
  constructor(message = "", name = "Error") {
    super(String(message));
    this.name = String(name);
  }
  get code(): number {
    return { DataCloneError: 25, TimeoutError: 23, AbortError: 20, InvalidCharacterError: 5 }[this.name] ?? 0;
  }
}

export class Event {
  readonly type: string;
  target: EventTarget | null = null;
  readonly cancelable: boolean;
  defaultPrevented = false;
  constructor(type: string, options: { readonly cancelable?: boolean } = {}) {
    this.type = String(type);
    this.cancelable = options.cancelable === true;
  }
  get currentTarget(): EventTarget | null {
    return this.target;
  }
  preventDefault(): void {
    if (this.cancelable) this.defaultPrevented = true;
  }
}

type Listener = ((event: Event) => void) | { handleEvent(event: Event): void };

/** Listeners of one object (DOM 2.7); there is no tree, so nothing bubbles. */
export class EventTarget {
  readonly #listeners = new Map<string, { readonly listener: Listener; readonly once: boolean }[]>();

  addEventListener(type: string, listener: Listener | null, options?: boolean | { readonly once?: boolean }): void {
    if (listener === null || listener === undefined) return;
    const list = this.#listeners.get(type) ?? [];
    if (list.some((known) => known.listener === listener)) return;
    this.#listeners.set(type, [...list, { listener, once: typeof options === "object" && options.once === true }]);
  }
  removeEventListener(type: string, listener: Listener | null): void {
    const list = this.#listeners.get(type)?.filter((known) => known.listener !== listener);
    if (list !== undefined) this.#listeners.set(type, list);
  }
  dispatchEvent(event: Event): boolean {
    event.target = this;
    const property = (this as Record<string, unknown>)[`on${event.type}`];
    if (typeof property === "function") property.call(this, event);
    for (const { listener, once } of this.#listeners.get(event.type) ?? []) {
      if (once) this.removeEventListener(event.type, listener);
      if (typeof listener === "function") listener.call(this, event);
      else listener.handleEvent(event);
    }
    return !event.defaultPrevented;
  }
  [name: `on${string}`]: unknown;
}

const MAKE = Symbol("make");

/** Builds AbortController and AbortSignal (DOM 3) on the guest's timers. */
export function createAbortClasses(setTimeout: (task: () => void, delayMs: number) => number) {
  class AbortSignal extends EventTarget {
    #reason: unknown;
    #isAborted = false;
    onabort: ((event: Event) => void) | null = null;

    constructor(key?: unknown) {
      super();
      if (key !== MAKE) throw new TypeError("Illegal constructor");
    }
    get aborted(): boolean {
      return this.#isAborted;
    }
    get reason(): unknown {
      return this.#reason;
    }
    throwIfAborted(): void {
      if (this.#isAborted) throw this.#reason;
    }
    static set(signal: AbortSignal, reason: unknown, key: unknown): void {
      if (key !== MAKE || signal.#isAborted) return;
      signal.#isAborted = true;
      signal.#reason = reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason;
      signal.dispatchEvent(new Event("abort"));
    }
    static abort(reason?: unknown): AbortSignal {
      const signal = new AbortSignal(MAKE);
      AbortSignal.set(signal, reason, MAKE);
      return signal;
    }
    static timeout(delayMs: number): AbortSignal {
      const signal = new AbortSignal(MAKE);
      const reason = () => new DOMException("The operation was aborted due to timeout", "TimeoutError");
      setTimeout(() => AbortSignal.set(signal, reason(), MAKE), delayMs);
      return signal;
    }
    static any(signals: Iterable<AbortSignal>): AbortSignal {
      const signal = new AbortSignal(MAKE);
      for (const other of signals) {
        if (other.aborted) AbortSignal.set(signal, other.reason, MAKE);
        else other.addEventListener("abort", () => AbortSignal.set(signal, other.reason, MAKE), { once: true });
      }
      return signal;
    }
  }
  class AbortController {
    readonly signal = new AbortSignal(MAKE);
    abort(reason?: unknown): void {
      AbortSignal.set(this.signal, reason, MAKE);
    }
  }
  return { AbortSignal, AbortController };
}
