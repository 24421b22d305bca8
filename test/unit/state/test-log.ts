/** A log in memory and a disk in memory whose writes can be cut off at any step. */
import type { Disk } from "../../../src/base/index.ts";
import type { LogHeight, LogSource } from "../../../src/protocol/index.ts";

/** Delivers what was appended, from any height, and waits for more. */
export class TestLog implements LogSource {
  readonly steps: LogHeight[] = [];
  /** Ends the iteration of every follower, as a faulty source would. */
  hasEnded = false;
  #wake = new Set<() => void>();

  constructor(steps: readonly LogHeight[] = []) {
    this.steps.push(...steps);
  }

  append(...steps: readonly LogHeight[]): void {
    this.steps.push(...steps);
    this.wake();
  }

  wake(): void {
    for (const wake of this.#wake) wake();
    this.#wake.clear();
  }

  async *follow({ fromHeight, signal }: { fromHeight: number; signal: AbortSignal }): AsyncIterable<LogHeight> {
    let next = this.steps.findIndex(({ height }) => height >= fromHeight);
    if (next === -1) next = this.steps.length;
    while (!signal.aborted && !this.hasEnded) {
      const step = this.steps[next];
      if (step !== undefined) {
        next++;
        yield step;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake.add(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    }
  }
}

export type DiskStep =
  | { readonly kind: "write"; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: "rename"; readonly from: string; readonly to: string };

/** Files in memory; keeps a trace of every change. */
export class TestDisk implements Disk {
  readonly files = new Map<string, Uint8Array>();
  readonly trace: DiskStep[] = [];

  async find(path: string): Promise<Uint8Array | undefined> {
    return this.files.get(path);
  }

  async findRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return this.files.get(path)?.subarray(offset, offset + length);
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.do({ kind: "write", path, bytes });
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    this.do({ kind: "write", path, bytes: Buffer.concat([this.files.get(path) ?? new Uint8Array(0), bytes]) });
  }

  async truncate(path: string, sizeBytes: number): Promise<void> {
    this.do({ kind: "write", path, bytes: (this.files.get(path) ?? new Uint8Array(0)).subarray(0, sizeBytes) });
  }

  async rename(from: string, to: string): Promise<void> {
    this.do({ kind: "rename", from, to });
  }

  do(step: DiskStep): void {
    this.trace.push(step);
    if (step.kind === "write") this.files.set(step.path, step.bytes);
    else {
      const bytes = this.files.get(step.from);
      if (bytes !== undefined) this.files.set(step.to, bytes);
      this.files.delete(step.from);
    }
  }

  async syncFolder(): Promise<void> {}
  async makeFolder(): Promise<void> {}
  async remove(path: string): Promise<void> {
    this.files.delete(path);
  }
  async removeFolder(): Promise<void> {}
  async list() {
    return [];
  }
  async findSize(path: string): Promise<number | undefined> {
    return this.files.get(path)?.length;
  }
  async freeBytes(): Promise<number> {
    return 1e9;
  }
}
