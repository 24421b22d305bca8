import { describe, expect, test } from "vitest";
import { type Clock, DsdnError, seededRandom, systemClock, toUtf8 } from "../../../src/base/index.ts";
import { ed25519FromSeed } from "../../../src/crypto/index.ts";
import {
  formatSessionCredential,
  openAccount,
  openLentAccount,
  parseSessionCredential,
  type Reach,
} from "../../../src/keys/index.ts";
import { hexId, type KeyId, type NetworkId, type SessionGrant, signSessionGrant } from "../../../src/protocol/index.ts";
import { makeWorld, type World } from "./world.ts";

const account = openAccount(seededRandom("alice").bytes(32));

function makeText(network: NetworkId, terms: Partial<SessionGrant> & { readonly reach?: Reach } = {}): string {
  const { reach = "own", ...changed } = terms;
  const seed = seededRandom("session of CI").bytes(32);
  const grant = signSessionGrant(account.wallet(), network, {
    wallet: account.address(),
    sessionKey: hexId<KeyId>(ed25519FromSeed(seed).publicKey),
    scopes: ["upload", "deploy"],
    quotaBytes: 1e9,
    expiresMs: 1_900_000_000_000,
    nonce: 1,
    ...changed,
  });
  const secrets = account.lend("ci", reach);
  return formatSessionCredential({ name: "ci", network, ingresses: [], reach, secrets, seed, grant });
}

/** Machines that share one session, each with a profile of its own. */
function machinesOf(world: World, terms?: Parameters<typeof makeText>[1], clock: Clock = systemClock()) {
  const credential = parseSessionCredential(makeText(world.ingress.network, terms), "here");
  const findAccount = async () => openLentAccount(credential);
  return ["one", "two"].map((name) => world.connect({ profileFolder: world.path(name), findAccount }, { clock }));
}

/** A clock on which nobody waits, and whoever slept has. */
function hastyClock(): Clock {
  const clock = systemClock();
  let sleptMs = 0;
  return {
    ...clock,
    monotonicMs: () => clock.monotonicMs() + sleptMs,
    sleep: async (delayMs, signal) => {
      sleptMs += delayMs;
      await clock.sleep(0, signal);
    },
  };
}

const send = (client: ReturnType<World["connect"]>, text: string) =>
  client.storage.upload({ files: [{ path: "a.txt", bytes: toUtf8(text) }] }, { isPublic: true, name: null });

describe.each([true, false])(
  "two machines with one session, and a coordinator that says when a number is taken: %s",
  (isStrict) => {
    test("both publish, although one's numbers were taken while it was on its way", async () => {
      const world = await makeWorld();
      const { ingress } = world;
      ingress.isStrict = isStrict;
      const [first, second] = machinesOf(world);
      if (first === undefined || second === undefined) throw new Error("no machines");
      await send(first, "introduction");
      let isTaken = false;
      ingress.before = async (route) => {
        if (route !== "publishObject" || isTaken) return;
        isTaken = true;
        await send(second, "quicker");
      };
      const slower = await send(first, "slower");
      expect(slower.stage).toBe("published");
      const published = ingress.eventsOf("ObjectPublished").map((event) => {
        if (event.kind !== "ObjectPublished") throw new Error(event.kind);
        return event.body.content.object;
      });
      expect(published).toHaveLength(3);
      expect(published).toContain(slower.object);
      // Nothing is left behind that would be sent again.
      ingress.calls.length = 0;
      await first.resend();
      expect(ingress.calls).not.toContain("submitEvents");
      expect(ingress.calls).not.toContain("publishObject");
    });
  },
);

describe("a machine whose numbers are taken again and again", () => {
  /** Sends with one machine while the other is quicker so many times. */
  async function sendBehind(times: number) {
    const world = await makeWorld();
    const { ingress } = world;
    ingress.isStrict = true;
    const clock = hastyClock();
    const [first, second] = machinesOf(world, {}, clock);
    if (first === undefined || second === undefined) throw new Error("no machines");
    await send(first, "introduction");
    let turns = 0;
    let isOther = false;
    ingress.before = async (route) => {
      if (route !== "publishObject" || isOther) return;
      turns += 1;
      if (turns > times) return;
      isOther = true;
      await send(second, `quicker ${turns}`);
      isOther = false;
    };
    const startMs = clock.monotonicMs();
    const sent = await send(first, "slower").then(
      ({ stage }) => stage,
      (error: unknown) => (error instanceof DsdnError ? error.code : error),
    );
    return { sent, turns, tookMs: clock.monotonicMs() - startMs };
  }

  test("goes on until it has its turn", async () => {
    expect(await sendBehind(9)).toMatchObject({ sent: "published", turns: 10 });
  });

  test("gives up after a minute", async () => {
    const { sent, turns, tookMs } = await sendBehind(Number.POSITIVE_INFINITY);
    expect([sent, turns > 10]).toEqual(["DSDN_CLIENT_SESSION_BUSY", true]);
    expect(tookMs).toBeGreaterThanOrEqual(60_000);
  });
});

describe("what an interrupted run left behind", () => {
  test("does not follow a beginning that another machine's events took the place of", async () => {
    const world = await makeWorld();
    const { ingress } = world;
    const [first, second] = machinesOf(world);
    if (first === undefined || second === undefined) throw new Error("no machines");
    await send(first, "introduction");
    // The file is published; the run ends before its names, which are several events, reach anybody.
    let published = 0;
    ingress.before = (route) => {
      if (route !== "publishObject") return;
      published += 1;
      if (published > 1) throw new Error("the connection is gone");
    };
    const named = first.storage.upload({ files: [{ path: "a.txt", bytes: toUtf8("lost") }] }, { name: "lost" });
    await expect(named).rejects.toThrow();
    ingress.before = () => {};
    await send(second, "quicker");
    await send(first, "later");
    expect(published).toBeGreaterThan(1);
    expect(ingress.eventsOf("ObjectPublished")).toHaveLength(4);
    expect(ingress.eventsOf("PointerUpdated")).toEqual([]);
  });
});

describe("a session without the account", () => {
  test("is told before anything is sent that it ended, was revoked, is for another network, or may not", async () => {
    const world = await makeWorld();
    const { ingress } = world;
    const tryWith = async (terms: Parameters<typeof makeText>[1]) => {
      const [client] = machinesOf(world, terms);
      return client === undefined ? undefined : send(client, "text");
    };
    await expect(tryWith({ expiresMs: ingress.logTimeMs })).rejects.toMatchObject({
      code: "DSDN_CLIENT_SESSION_EXPIRED",
    });
    await expect(tryWith({ scopes: ["deploy"] })).rejects.toMatchObject({ code: "DSDN_CLIENT_SESSION_SCOPE" });
    const foreign = parseSessionCredential(makeText("ab".repeat(32) as NetworkId), "here");
    const stranger = world.connect({ findAccount: async () => openLentAccount(foreign) });
    await expect(send(stranger, "text")).rejects.toMatchObject({ code: "DSDN_CLIENT_SESSION_OTHER_NETWORK" });
    ingress.revoked.add(foreign.grant.sessionKey);
    await expect(tryWith({})).rejects.toMatchObject({ code: "DSDN_CLIENT_SESSION_REVOKED" });
    expect(ingress.accepted).toEqual([]);
    expect(ingress.chunks.size).toBe(0);
  });
});
