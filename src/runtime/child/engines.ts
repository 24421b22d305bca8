import type { GuestEngine } from "./guest.ts";

/** The engines a load frame may name; each is read only when it is asked for. */
export const guestEngines = {
  component: async () => (await import("./component/component-guest.ts")).startComponentGuest,
  model: async () => (await import("./model-guest.ts")).startModelGuest,
  python: async () => (await import("./python-guest.ts")).startPythonGuest,
  pythonMaker: async () => (await import("./python-guest.ts")).startPythonMaker,
  quickjs: async () => (await import("./quickjs-guest.ts")).startQuickjsGuest,
  transpile: async () => (await import("./component/transpile-guest.ts")).startTranspileGuest,
  wasi: async () => (await import("./wasi/wasi-guest.ts")).startWasiGuest,
} satisfies Record<string, () => Promise<GuestEngine>>;

/** Engines that can be started before there is a program, from the parts that are there then. */
export const preparedEngines: Readonly<
  Record<string, (parts: ReadonlyMap<string, Uint8Array>) => Promise<GuestEngine>>
> = {
  quickjs: async (parts) => (await import("./quickjs-guest.ts")).prepareQuickjsGuest(parts),
};

export type GuestEngineName = keyof typeof guestEngines;
