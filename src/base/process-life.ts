import { readFile } from "node:fs/promises";

/**
 * True while a process of this machine lives. One that died and was not taken note of yet by whoever started or inherited
 * it has a number still, and is dead all the same; where the system does not tell such ones apart it counts as alive.
 */
export async function isProcessAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process answers EPERM: it lives.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
  const facts = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  // The state follows the name, which may hold brackets and blanks of its own. @source proc(5)
  return !/^[ZX]/.test(facts.slice(facts.lastIndexOf(")") + 2));
}
