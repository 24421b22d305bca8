import { type Clock, DsdnError, fail, type Logger, toDsdnError } from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import { errorOfNode } from "../node-errors.ts";
import type { DaHealth } from "../port.ts";
import type { Transport } from "./transport.ts";

const RETRY_WAITS_MS: readonly number[] = [100, 500];

export interface NodeCall {
  readonly method: string;
  readonly params: readonly unknown[];
  /** Height the call is about; 0 = none. */
  readonly height?: number;
  readonly sizeBytes?: number;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** Which errors prove that nothing happened, so that asking again is safe; retryable errors unless given. */
  readonly mayRetry?: (error: DsdnError) => boolean;
}

/** Calls a node, retries what may be retried, and remembers how it went. */
export interface NodeCaller {
  call(wanted: NodeCall): Promise<unknown>;
  noteHeight(height: number): void;
  /** A value arrived without a call of ours. */
  noteAlive(): void;
  noteFailure(error: unknown): void;
  health(): DaHealth;
  /** Starts the clock that `lagMs` is measured with. */
  begin(): void;
}

export function createNodeCaller(
  options: { timeoutMs: number; limitBytes: number },
  deps: { transport: Transport; clock: Clock; log: Logger },
): NodeCaller {
  const { transport, clock } = deps;
  let lastSuccessMs: number | undefined;
  let latencyMs = 0;
  let lastHeight = 0;
  let lastError: string | undefined;

  const noteAlive = () => {
    lastSuccessMs = clock.monotonicMs();
    lastError = undefined;
  };
  const noteFailure = (error: unknown) => {
    const known = toDsdnError(error);
    // An error the node itself worded shows that it is there.
    if (
      known.code === daErrors.unreachable.code ||
      known.code === daErrors.badAnswer.code ||
      known.code === daErrors.unauthorised.code
    ) {
      lastError = known.code;
    }
  };

  async function attempt(wanted: NodeCall): Promise<unknown> {
    const startMs = clock.monotonicMs();
    try {
      const timeoutMs = wanted.timeoutMs ?? options.timeoutMs;
      const answer = await transport.call(wanted.method, wanted.params, { timeoutMs, signal: wanted.signal });
      noteAlive();
      if (answer.error === undefined) {
        latencyMs = clock.monotonicMs() - startMs;
        return answer.result;
      }
      throw errorOfNode(answer.error.message, {
        method: wanted.method,
        height: wanted.height ?? 0,
        sizeBytes: wanted.sizeBytes ?? 0,
        limitBytes: options.limitBytes,
      });
    } catch (error) {
      noteFailure(error);
      throw error;
    }
  }

  return {
    call: async (wanted) => {
      const mayRetry = wanted.mayRetry ?? ((error: DsdnError) => isWorthRetrying(error));
      for (let round = 0; ; round++) {
        try {
          return await attempt(wanted);
        } catch (error) {
          const waitMs = RETRY_WAITS_MS[round];
          if (!(error instanceof DsdnError) || waitMs === undefined || !mayRetry(error)) throw error;
          deps.log.debug("da call retried", { method: wanted.method, code: error.code });
          await clock.sleep(waitMs, wanted.signal);
        }
      }
    },
    noteHeight: (height) => {
      lastHeight = Math.max(lastHeight, height);
    },
    noteAlive,
    noteFailure,
    begin: () => {
      lastSuccessMs ??= clock.monotonicMs();
    },
    health: () => ({
      isConnected: lastHeight > 0 && lastError === undefined,
      lastHeight,
      latencyMs,
      lagMs: lastSuccessMs === undefined ? 0 : clock.monotonicMs() - lastSuccessMs,
      ...(lastError === undefined ? {} : { lastError }),
    }),
  };
}

/** True for an error that time alone may mend within a call; a height that does not exist yet is the caller's to wait for. */
function isWorthRetrying(error: DsdnError): boolean {
  return error.spec.isRetryable && error.code !== daErrors.heightFuture.code && error.code !== daErrors.stopped.code;
}

/** The error of a client that was not started or was stopped. */
export function stoppedError(): DsdnError {
  return fail(daErrors.stopped, {});
}
