import { execFile } from "node:child_process";
import { platform } from "node:os";
import type { Disk } from "../base/index.ts";

/** Bytes a process holds in the machine's memory; undefined when it is gone or the system does not tell. */
export type FindResident = (processId: number) => Promise<number | undefined>;

/** Asking takes some milliseconds; on a busy machine more. */
const PS_TIMEOUT_MS = 5_000;

/**
 * How this machine tells what a process holds: Linux in a file, macOS and the BSDs through `ps`. On Windows nothing is
 * asked: there the caps of the engine and of the heap hold alone.
 */
export function residentMemoryOf(disk: Disk, system: NodeJS.Platform = platform()): FindResident {
  if (system === "linux") return (processId) => findInProc(processId, disk);
  return system === "win32" ? async () => undefined : findByPs;
}

/** @source proc(5), VmRSS: KiB */
async function findInProc(processId: number, disk: Disk): Promise<number | undefined> {
  const status = await disk.find(`/proc/${processId}/status`).catch(() => undefined);
  const found = status === undefined ? null : /^VmRSS:\s+(\d+) kB$/m.exec(new TextDecoder().decode(status));
  return found === null ? undefined : Number(found[1]) * 1024;
}

/** @source ps(1) of macOS, FreeBSD and procps, keyword `rss`: KiB */
function findByPs(processId: number): Promise<number | undefined> {
  const options = { env: {}, timeout: PS_TIMEOUT_MS, maxBuffer: 1024 };
  return new Promise((resolve) => {
    execFile("/bin/ps", ["-o", "rss=", "-p", String(processId)], options, (error, text) => {
      const found = error === null ? /^\s*(\d+)\s*$/.exec(text) : null;
      resolve(found === null ? undefined : Number(found[1]) * 1024);
    });
  });
}
