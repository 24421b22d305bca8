import type { LoggedHeight } from "../src/protocol/index.ts";
import { Refusal, read } from "./api.ts";
import type { View } from "./view.ts";

/** What is known changes through these two alone. */
export interface Store {
  get(): View;
  set(change: Partial<View>): void;
}

const WAIT_MS = 20_000;
const AGAIN_MS = 1_000;
const REFRESH_MS = 3_000;
const HEIGHTS_KEPT = 300;
const FIRST_HEIGHTS = 60;

/** Follows the network for as long as the page is open and looked at. */
export function followNetwork(store: Store): void {
  const refresh = createRefresh(store);
  void followLog(store, () => void refresh());
  void (async () => {
    for (;;) {
      await refresh();
      await pause(REFRESH_MS);
      await untilVisible();
    }
  })();
}

async function followLog(store: Store, onEvents: () => void): Promise<void> {
  for (;;) {
    await untilVisible();
    const last = store.get().heights.at(-1)?.height;
    try {
      const query = last === undefined ? { limit: FIRST_HEIGHTS } : { after: last, waitMs: WAIT_MS, limit: 200 };
      const { height, heights } = await read("log", { query, timeoutMs: WAIT_MS + 10_000 });
      // A network that was begun anew counts from the beginning.
      const isAnother = last !== undefined && height < last;
      const known: readonly LoggedHeight[] = isAnother ? [] : store.get().heights;
      store.set({ heights: [...known, ...heights].slice(-HEIGHTS_KEPT), isAway: false });
      if (heights.some(({ eventCount }) => eventCount > 0)) onEvents();
      if (heights.length === 0) await pause(AGAIN_MS / 4);
    } catch (error) {
      noteAway(store, error);
      await pause(AGAIN_MS);
    }
  }
}

function createRefresh(store: Store): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isWanted = false;
  const once = async () => {
    try {
      const [network, status, { nodes }, objects, deployments] = await Promise.all([
        store.get().network ?? read("network"),
        read("status"),
        read("nodes"),
        read("newestObjects", { query: { limit: 20 } }),
        read("newestDeployments", { query: { limit: 30 } }),
      ]);
      store.set({ network, status, nodes, objects, deployments, isAway: false });
      // By itself: a role that hangs delays the comparison, not the page.
      store.set({ agreement: await read("stateAgreement") });
    } catch (error) {
      noteAway(store, error);
    }
  };
  return async () => {
    isWanted = true;
    running ??= (async () => {
      while (isWanted) {
        isWanted = false;
        await once();
      }
      running = undefined;
    })();
    return running;
  };
}

function noteAway(store: Store, error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
  if (error.code === "") store.set({ isAway: true });
}

/** Resolves after a while. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Resolves at once while the page is looked at, otherwise when it is again. */
export function untilVisible(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", () => resolve(), { once: true });
  });
}
