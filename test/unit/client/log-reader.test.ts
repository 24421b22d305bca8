import { describe, expect, test } from "vitest";
import { findBase64, seededRandom, toBase64, VirtualClock } from "../../../src/base/index.ts";
import { findLogReader, type LogReader } from "../../../src/client/index.ts";
import type { ClientDeps } from "../../../src/client/network-session.ts";
import { makeLogPass } from "../../../src/client/verification/log-reader.ts";
import { openAccount } from "../../../src/keys/index.ts";
import { type NetworkId, parseNetworkId, parseWorkloadId } from "../../../src/protocol/index.ts";
import { checkLogReader } from "../../../src/roles/node/log-readers.ts";

const NETWORK = parseNetworkId("11".repeat(32));
const WORKLOAD = parseWorkloadId("22".repeat(32));
const HOUR = 3_600_000;
const account = openAccount(seededRandom("log pass").bytes(32));
const owner = account.address();

function clientDeps(logTimeMs = 0): { deps: ClientDeps; clock: VirtualClock } {
  const clock = new VirtualClock();
  const deps = {
    ingress: { call: async () => ({ details: { network: NETWORK, logTimeMs } }) },
    clock,
    random: seededRandom("pass"),
    findAccount: async () => account,
  };
  return { deps: deps as unknown as ClientDeps, clock };
}

const readerOf = (pass: string): LogReader => {
  const reader = findLogReader(pass, NETWORK);
  if (reader === undefined) throw new Error("the pass is not taken");
  return reader;
};
const checkAt = (nowMs: number, shown: string, workload = { id: WORKLOAD, owner }) =>
  checkLogReader({ network: NETWORK, nowMs: () => nowMs, isRevoked: () => false }, workload, shown);

describe("a pass to the logs of one owner", () => {
  test("makes requests that a node takes, for this owner's workloads only, until it ends", async () => {
    const { deps, clock } = clientDeps();
    const reader = readerOf(await makeLogPass(deps, { lifeMs: HOUR }));
    const nowMs = clock.nowMs();
    expect(reader.owner).toBe(owner);
    expect(checkAt(nowMs, reader.request(WORKLOAD, nowMs))).toBeUndefined();
    const another = { id: parseWorkloadId("33".repeat(32)), owner };
    expect(() => checkAt(nowMs, reader.request(WORKLOAD, nowMs), another)).toThrow(/another log/);
    const stranger = { id: WORKLOAD, owner: "00".repeat(20) as typeof owner };
    expect(() => checkAt(nowMs, reader.request(WORKLOAD, nowMs), stranger)).toThrow(/another account/);
    expect(() => checkAt(nowMs + 10 * 60_000, reader.request(WORKLOAD, nowMs))).toThrow(/too old/);
    const late = nowMs + HOUR + 1;
    expect(() => checkAt(late, reader.request(WORKLOAD, late))).toThrow(/expired/);
  });

  test("begins at log time where that is ahead of the clock, as after a devnet's clock was moved", async () => {
    const { deps, clock } = clientDeps(clientDeps().clock.nowMs() + 30 * HOUR);
    const reader = readerOf(await makeLogPass(deps, { lifeMs: HOUR }));
    const logTimeMs = clock.nowMs() + 30 * HOUR;
    expect(checkAt(logTimeMs, reader.request(WORKLOAD, logTimeMs))).toBeUndefined();
  });

  test("is nothing on another network, cut, changed or made up", async () => {
    const { deps } = clientDeps();
    const pass = await makeLogPass(deps, { lifeMs: HOUR });
    const bytes = findBase64(pass) ?? new Uint8Array(0);
    const changed = toBase64(bytes.with(bytes.length - 100, (bytes.at(-100) ?? 0) ^ 1));
    expect(findLogReader(pass, "44".repeat(32) as NetworkId)).toBeUndefined();
    for (const text of ["", "x", pass.slice(0, -8), changed, "A".repeat(20_000)]) {
      expect(findLogReader(text, NETWORK)).toBeUndefined();
    }
  });

  test("needs an account", async () => {
    const { deps } = clientDeps();
    const none = { ...deps, findAccount: async () => undefined };
    await expect(makeLogPass(none, { lifeMs: HOUR })).rejects.toMatchObject({ code: "DSDN_CLIENT_ACCOUNT_NEEDED" });
  });
});
