import type { Clock } from "../base/index.ts";
import { encodeFrame, frameTypes } from "./child/frames.ts";
import { type ChildNeeds, childArguments, type GuestChild, startChild } from "./guest-child.ts";

/**
 * Children that were started before there is a program for them, with their engine ready. Each is handed out once, to
 * one guest, and holds nothing of any guest before that.
 */
export interface SpareChildren {
  /** A child with the caps that are needed: the spare one when it fits, or one that is started now. */
  take(needs: ChildNeeds): GuestChild;
  /**
   * Keeps a spare like this from soon on, in place of one for other needs; nothing happens for a program that is not
   * general. To be called after each use.
   */
  keep(needs: ChildNeeds): void;
  /** Ends the spare; the next `keep` starts one again. Resolves when its process is gone. Idempotent. */
  clear(): Promise<void>;
  /** The spare's process, while there is one. */
  readonly processId: number | undefined;
}

/** What was just started is to be ready first; on a small machine the spare would only be in its way. */
const DELAY_MS = 100;
/** A spare costs memory: one that nobody needed for so long is ended. */
const IDLE_MS = 10 * 60_000;

/** Keeps at most one spare. */
export function createSpareChildren(deps: { readonly clock: Clock }): SpareChildren {
  return new OneSpareChild(deps.clock);
}

class OneSpareChild implements SpareChildren {
  readonly #clock: Clock;
  #spare: { readonly kind: string; readonly child: GuestChild["process"] } | undefined;
  #ends = new Set<Promise<void>>();
  #cancel = (): void => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get processId(): number | undefined {
    return this.#spare?.child.pid;
  }

  take(needs: ChildNeeds): GuestChild {
    const { program } = needs;
    if (program.isGeneral !== true || this.#spare?.kind !== kindOf(needs)) {
      return { process: startChild(needs), hasParts: false };
    }
    const { child } = this.#spare;
    this.#spare = undefined;
    this.#cancel();
    return { process: child, hasParts: true };
  }

  keep(needs: ChildNeeds): void {
    if (needs.program.isGeneral !== true) return;
    this.#cancel();
    this.#cancel = this.#clock.after(DELAY_MS, () => {
      if (this.#spare?.kind !== kindOf(needs)) {
        this.#end();
        this.#start(needs);
      }
      this.#cancel = this.#clock.after(IDLE_MS, () => this.#end());
    });
  }

  async clear(): Promise<void> {
    this.#cancel();
    this.#end();
    await Promise.all(this.#ends);
  }

  #start(needs: ChildNeeds): void {
    const child = startChild(needs);
    const { engine, parts } = needs.program;
    const frames = [...parts].map(([name, body]) => ({ type: frameTypes.part, json: { name }, body }));
    for (const frame of [...frames, { type: frameTypes.prepare, json: { engine } }]) {
      child.stdin?.write(encodeFrame(frame));
    }
    const spare = { kind: kindOf(needs), child };
    // One that dies is not started again before the next use: what killed it may kill the next as well.
    const forget = (): void => {
      if (this.#spare === spare) this.#spare = undefined;
    };
    child.once("exit", forget).once("error", forget);
    this.#spare = spare;
  }

  #end(): void {
    const child = this.#spare?.child;
    this.#spare = undefined;
    if (child === undefined) return;
    const end = new Promise<void>((resolve) => {
      child.once("exit", () => resolve()).once("error", () => resolve());
    }).then(() => void this.#ends.delete(end));
    this.#ends.add(end);
    child.kill("SIGKILL");
  }
}

/** Children of one kind do the same until they hold a guest. */
function kindOf(needs: ChildNeeds): string {
  return [needs.program.engine, ...childArguments(needs)].join("\n");
}
