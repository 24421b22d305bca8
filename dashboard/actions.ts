import { Refusal, read } from "./api.ts";
import { type Control, findInvitation, openControl } from "./control.ts";
import { pause, type Store, untilVisible } from "./follow.ts";
import type { Actions, ControlReport, ControlView, Found } from "./view.ts";
import { followWorkloadLog } from "./workload-log.ts";

const ROLES_MS = 1_000;

/** What a reader can do, and what it changes. */
export function createActions(store: Store): Actions & { open(hash: string): void } {
  const setControl = (change: Partial<ControlView>) => store.set({ control: { ...store.get().control, ...change } });
  let opening = new AbortController();

  /** Plays something on the devnet and says what became of it. */
  const play = async (
    begun: ControlReport,
    done: ControlReport,
    work: (door: Control) => Promise<ControlView["roles"]>,
  ) => {
    const door = await store.get().control.door;
    if (door === undefined) return;
    setControl({ report: begun });
    try {
      setControl({ roles: await work(door), report: done });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setControl({ report: { state: "failed", words: error.words } });
    }
  };

  return {
    open: (hash) => {
      const invitation = findInvitation(hash);
      if (invitation === undefined) return;
      const opening = openControl(invitation);
      setControl({ door: opening.catch(() => undefined) });
      void enter(opening, setControl);
    },
    choose: (chosen) => setControl({ chosen }),
    fault: (kind, role) =>
      void play({ state: "playing", kind, role }, { state: "done", kind, role }, (door) => door.fault(kind, role)),
    heal: () => void play({ state: "healing" }, { state: "healed" }, (door) => door.heal()),
    toggle: (id) => {
      opening.abort();
      opening = new AbortController();
      if (store.get().opened?.id === id) return store.set({ opened: undefined });
      store.set({ opened: { id, details: undefined, log: { state: "loading" } } });
      void followWorkloadLog(store, id, opening.signal);
    },
    find: (id) => {
      store.set({ found: { state: "looking" } });
      void lookUp(store, id).then((found) => store.set({ found }));
    },
    closeFound: () => store.set({ found: undefined }),
    showOnlyEvents: (onlyEvents) => store.set({ onlyEvents }),
  };
}

/** Asks the control port for its roles once it is open, and from then on. */
async function enter(opening: Promise<Control>, set: (change: Partial<ControlView>) => void): Promise<void> {
  try {
    const door = await opening;
    const roles = await door.roles();
    set({ state: "open", roles, chosen: roles.find(({ kind }) => kind === "node")?.name ?? "" });
    for (;;) {
      await pause(ROLES_MS);
      await untilVisible();
      const now = await door.roles().catch((error: unknown) => {
        if (error instanceof Refusal) return undefined;
        throw error;
      });
      set(now === undefined ? { state: "away" } : { state: "open", roles: now });
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    set({ state: error.code === "" ? "away" : "spent" });
  }
}

async function lookUp(store: Store, text: string): Promise<Found> {
  const id = text.trim().toLowerCase();
  if (/^baf[a-z2-7]{50,70}$/.test(id)) return foundOr("object", id);
  if (!/^[0-9a-f]{64}$/.test(id)) return { state: "form" };
  const node = store.get().nodes.find((other) => other.node === id);
  if (node !== undefined) return { state: "node", node };
  const deployment = await foundOr("deployment", id);
  return deployment.state === "none" ? foundOr("workload", id) : deployment;
}

async function foundOr(kind: "object" | "deployment" | "workload", id: string): Promise<Found> {
  try {
    if (kind === "object") return { state: kind, object: await read(kind, { id }) };
    if (kind === "deployment") return { state: kind, deployment: await read(kind, { id }) };
    return { state: kind, workload: await read(kind, { id }) };
  } catch (error) {
    if (error instanceof Refusal) return { state: error.code === "" ? "away" : "none" };
    throw error;
  }
}
