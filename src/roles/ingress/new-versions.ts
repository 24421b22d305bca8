import { createHttpClient, DsdnError } from "../../base/index.ts";
import type { SiteTarget } from "./site-server.ts";

/**
 * Versions that answer on their node before the log says so. A node's word that it answers travels a block behind the
 * assignment; asking the node saves its users that wait. Nothing is decided here: the version was assigned by the log.
 */
export interface NewVersions {
  /** What is known now; asks the node in the background while it is not ready. */
  isReady(version: SiteTarget): boolean;
  /** Forgets that it was ready: the node did not answer for it. */
  forget(workload: string): void;
}

const TIMEOUT_MS = 2_000;
const KNOWN_MAX = 10_000;

export function createNewVersions(): NewVersions {
  const ready = new Set<string>();
  const asking = new Set<string>();

  async function ask(workload: string, nodeUrl: string): Promise<void> {
    const client = createHttpClient({ name: "The node", url: nodeUrl });
    try {
      const answer = await client.json(`/v1/workloads/${workload}/ready`, { timeoutMs: TIMEOUT_MS });
      if (Object(answer).isReady !== true) return;
      const oldest = ready.values().next().value;
      if (ready.size >= KNOWN_MAX && oldest !== undefined) ready.delete(oldest);
      ready.add(workload);
    } catch (error) {
      // A node that does not answer is not ready.
      if (!(error instanceof DsdnError)) throw error;
    } finally {
      asking.delete(workload);
    }
  }

  return {
    isReady: ({ workload, nodeUrl }) => {
      if (ready.has(workload)) return true;
      if (!asking.has(workload) && asking.size < KNOWN_MAX) {
        asking.add(workload);
        void ask(workload, nodeUrl);
      }
      return false;
    },
    forget: (workload) => void ready.delete(workload),
  };
}
