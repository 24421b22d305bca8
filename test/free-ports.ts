import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below every number that a system, or a devnet, gives to whoever asks for any: free now, and still free later. */
const FIRST = 10_000;
/** Test files that run side by side look in stretches of their own. */
const PER_WORKER = 4_000;

/** Where the next stretch begins: what was given out may not be bound yet, and is not given out again. */
let next = randomInt(PER_WORKER);

/** The first of so many ports in a row that nobody listens on, and that nobody in this process was given before. */
export async function findFreePorts(count: number): Promise<number> {
  const worker = Number(process.env["VITEST_POOL_ID"] ?? 1) % 2;
  for (;;) {
    if (next + count > PER_WORKER) next = 0;
    const first = FIRST + worker * PER_WORKER + next;
    next += count;
    const ports = Array.from({ length: count }, (_, index) => first + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  const isListening = await once(server, "listening").then(
    () => true,
    () => false,
  );
  if (isListening) await once(server.close(), "close");
  return isListening;
}
