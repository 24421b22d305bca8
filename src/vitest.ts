/** `dsdn/vitest`: a network for the tests of a file, in one line. */
import { afterAll, beforeAll } from "vitest";
import { type Client, type Devnet, type DevnetOptions, devnetNotStarted, startDevnet } from "./library/index.ts";

/** The devnet of a test file. Everything of it but `useDevnet` itself is for tests and hooks, when it runs. */
export interface DevnetFixture extends Pick<Devnet, "url" | "connect"> {
  /** The devnet itself: its status, its faults, its clock. */
  readonly devnet: Devnet;
  /** One client with an account of its own, the same in every test of the file. */
  readonly client: Client;
}

/** A machine with other work takes its time. */
const HOOK_MS = 120_000;

/**
 * Starts a devnet before the tests of this file, or of the `describe` it is called in, and stops it after them. It lies
 * in a temporary folder on free ports, so that files may run at the same time.
 *
 * @throws DSDN_LIBRARY_DEVNET_NOT_STARTED when it is used before its tests run
 */
export function useDevnet(options: DevnetOptions = {}): DevnetFixture {
  let running: { readonly devnet: Devnet; readonly client: Client } | undefined;
  beforeAll(async () => {
    const devnet = await startDevnet(options);
    running = { devnet, client: await devnet.connect() };
  }, HOOK_MS);
  afterAll(async () => {
    await running?.devnet.stop();
    running = undefined;
  }, HOOK_MS);
  const get = () => {
    if (running === undefined) throw devnetNotStarted();
    return running;
  };
  return {
    get devnet() {
      return get().devnet;
    },
    get client() {
      return get().client;
    },
    get url() {
      return get().devnet.url;
    },
    connect: async (connectOptions) => get().devnet.connect(connectOptions),
  };
}
