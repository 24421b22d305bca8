import type { Clock } from "../../base/index.ts";
import type { GuestRequest } from "../../runtime/index.ts";

const TRIES = 3;
const PAUSE_MS = 500;

/**
 * Resolves when the program has answered `GET /`, with whatever status: what an address means is its own matter. It is
 * told from a visitor by its `user-agent`, `dsdn-probe`.
 * @throws what the last try threw, when the program threw, ran out of a limit or died each time
 */
export async function probeProgram(
  call: (request: GuestRequest) => Promise<unknown>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const headers = [["user-agent", "dsdn-probe"]] as const;
  const request = { method: "GET", url: "http://localhost/", headers, body: new Uint8Array(0), requestId: "" };
  for (let attempt = 1; ; attempt++) {
    try {
      await call(request);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= TRIES) throw error;
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}
