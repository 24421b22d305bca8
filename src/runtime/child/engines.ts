import type { GuestEngine } from "./guest.ts";

/** The engines a load frame may name; each is read only when it is asked for. */
export const guestEngines = {
  model: async () => (await import("./model-guest.ts")).startModelGuest,
  python: async () => (await import("./python-guest.ts")).startPythonGuest,
  quickjs: async () => (await import("./quickjs-guest.ts")).startQuickjsGuest,
} satisfies Record<string, () => Promise<GuestEngine>>;

export type GuestEngineName = keyof typeof guestEngines;
