import { dirname } from "node:path";
import { type Clock, type Disk, formatLogEntry, type LogEntry, toUtf8 } from "../base/index.ts";

/** One log line of a role. */
export interface RoleLogLine {
  readonly role: string;
  readonly entry: LogEntry;
}

const KEPT_LINES = 5_000;
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const FLUSH_MS = 200;

/**
 * The logs of all roles: the newest lines in memory, for followers, and a file for later. The file is a convenience and
 * not synced; when it grows past 16 MiB it is renamed once and begun anew.
 */
export class DevnetJournal {
  readonly #path: string;
  readonly #lines: RoleLogLine[] = [];
  readonly #followers = new Set<(line: RoleLogLine) => void>();
  readonly #deps: { readonly disk: Disk; readonly clock: Clock };
  #unwritten: string[] = [];
  #isPlanned = false;
  #isClosed = false;
  /** One writing after the other. */
  #written: Promise<void> = Promise.resolve();

  constructor(path: string, deps: { readonly disk: Disk; readonly clock: Clock }) {
    this.#path = path;
    this.#deps = deps;
  }

  add(role: string, entry: LogEntry): void {
    const line = { role, entry };
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    for (const follower of this.#followers) follower(line);
    if (this.#isClosed) return;
    this.#unwritten.push(`${formatLogEntry(entry)}\n`);
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#deps.clock.after(FLUSH_MS, () => void this.flush());
  }

  list(role: string | undefined): readonly RoleLogLine[] {
    return this.#lines.filter((line) => role === undefined || line.role === role);
  }

  follow(listener: (line: RoleLogLine) => void): () => void {
    this.#followers.add(listener);
    return () => void this.#followers.delete(listener);
  }

  /** Writes what is not written yet. A log that cannot be written is given up, the network goes on. */
  flush(): Promise<void> {
    this.#written = this.#written.then(() => this.#write());
    return this.#written;
  }

  /** Writes the rest. What is said after that is not written: the folder is somebody else's then, or gone. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.flush();
  }

  async #write(): Promise<void> {
    this.#isPlanned = false;
    const text = this.#unwritten.join("");
    this.#unwritten = [];
    if (text === "") return;
    const { disk } = this.#deps;
    try {
      await disk.makeFolder(dirname(this.#path));
      if (((await disk.findSize(this.#path)) ?? 0) > MAX_FILE_BYTES) await disk.rename(this.#path, `${this.#path}.1`);
      await disk.append(this.#path, toUtf8(text), { sync: false });
    } catch {}
  }
}
