import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createHttpClient,
  createHttpServer,
  type HttpServer,
  seededRandom,
  silentLogger,
  toBase64,
  VirtualClock,
} from "../../../src/base/index.ts";
import { ed25519FromSeed, generateWalletKey, openWallet, sha256 } from "../../../src/crypto/index.ts";
import {
  type Address,
  addressOfWallet,
  encodeLinkRequest,
  hexId,
  type KeyId,
  type LinkAct,
  type LinkRequest,
  linkIdOf,
  type NetworkId,
  objectIdOf,
  type SessionGrant,
  signLinkRequest,
  signSessionGrant,
} from "../../../src/protocol/index.ts";
import { linkRoutes } from "../../../src/roles/ingress/links/link-door.ts";
import { createLinkStore } from "../../../src/roles/ingress/links/link-store.ts";
import { SimulatedDisk } from "../../simulation/simulated-disk.ts";

const NETWORK = "44".repeat(32) as NetworkId;
const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const random = seededRandom("link door");
const OBJECT = objectIdOf(random.bytes(8));

/** Somebody with a wallet and a session key of it. */
function makeUser(name: string) {
  const wallet = openWallet(generateWalletKey(seededRandom(name)));
  const signer = ed25519FromSeed(sha256(new TextEncoder().encode(name)));
  const sign = (
    ask: LinkAct,
    change: { grant?: Partial<SessionGrant>; network?: NetworkId; createdMs?: number } = {},
  ) => {
    const { network = NETWORK, createdMs = NOW } = change;
    const grant = signSessionGrant(wallet, network, {
      wallet: addressOfWallet(wallet),
      sessionKey: hexId<KeyId>(signer.publicKey),
      scopes: ["upload"],
      quotaBytes: 1,
      expiresMs: NOW + 100 * DAY,
      nonce: 0,
      ...change.grant,
    });
    return signLinkRequest(signer, { network, createdMs, ask, grant });
  };
  return { address: addressOfWallet(wallet), key: hexId<KeyId>(signer.publicKey), sign };
}

const alice = makeUser("alice");
const mallory = makeUser("mallory");

function createAsk(change: Partial<Extract<LinkAct, { act: "create" }>> = {}) {
  const secrets = { half: random.bytes(32), sealed: random.bytes(100), note: random.bytes(10) };
  const link = linkIdOf(random.bytes(16));
  return { act: "create" as const, link, object: OBJECT, ...secrets, expiresMs: NOW + DAY, ...change };
}

let clock: VirtualClock;
let facts: { isRevoked: boolean; isGone: boolean };
let server: HttpServer;
let ask: (path: string, request?: LinkRequest) => Promise<Record<string, unknown>>;

beforeEach(async () => {
  clock = new VirtualClock(NOW);
  facts = { isRevoked: false, isGone: false };
  const nowMs = () => clock.nowMs();
  const store = createLinkStore(
    { folder: "/data/links" },
    { disk: new SimulatedDisk(), clock, log: silentLogger(), nowMs },
  );
  await store.start();
  const isHeld = async (_object: string, owner: Address) => owner === alice.address;
  const deps = { isRevoked: () => facts.isRevoked, isHeld, isGone: () => facts.isGone };
  const routes = linkRoutes({ network: NETWORK, store, nowMs, ...deps });
  server = createHttpServer({ name: "ingress", host: "127.0.0.1", port: 0 }, { routes });
  await server.start();
  const client = createHttpClient({ name: "ingress", url: server.url });
  ask = async (path, request) => {
    const json = request && { request: toBase64(encodeLinkRequest(request)) };
    const call = json === undefined ? {} : ({ method: "POST", json } as const);
    return ((await client.json(path, call)) as { details: Record<string, unknown> }).details;
  };
});
afterEach(() => server.stop());

const codeOf = (code: string) => expect.objectContaining({ code });
const REFUSED = codeOf("DSDN_INGRESS_LINK_REFUSED");

test("a link its owner asked for is given to whoever knows its id, never to be stored on the way", async () => {
  const made = createAsk();
  expect(await ask("/v1/links", alice.sign(made))).toMatchObject({ link: made.link, state: "open", createdMs: NOW });
  expect(await ask(`/v1/links/${made.link}`)).toEqual({
    link: made.link,
    expiresMs: NOW + DAY,
    half: toBase64(made.half),
    sealed: toBase64(made.sealed),
  });
  const answer = await fetch(`${server.url}/v1/links/${made.link}`);
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

describe("a request about links is refused", () => {
  const tampered = (request: LinkRequest): LinkRequest => ({ ...request, ask: createAsk() });
  test.each<[string, () => LinkRequest]>([
    ["of another network", () => alice.sign(createAsk(), { network: "55".repeat(32) as NetworkId })],
    ["sent again after ten minutes", () => alice.sign(createAsk(), { createdMs: NOW - 11 * 60_000 })],
    ["from the future", () => alice.sign(createAsk(), { createdMs: NOW + 11 * 60_000 })],
    ["that was changed after it was signed", () => tampered(alice.sign(createAsk()))],
    [
      "under another wallet's grant",
      () => ({ ...mallory.sign(createAsk()), grant: alice.sign({ act: "list" }).grant }),
    ],
    [
      "whose grant its wallet did not sign",
      () => mallory.sign(createAsk(), { grant: { wallet: alice.address, signature: new Uint8Array(65) } as never }),
    ],
    ["of a session that may not share", () => alice.sign(createAsk(), { grant: { scopes: ["deploy"] } })],
    ["of a session that has ended", () => alice.sign(createAsk(), { grant: { expiresMs: NOW } })],
    ["that has ended before it begins", () => alice.sign(createAsk({ expiresMs: NOW }))],
    ["that would last longer than a year", () => alice.sign(createAsk({ expiresMs: NOW + 366 * DAY }))],
    ["that asks for something else", () => alice.sign({ act: "list" })],
  ])("when it is one %s", async (_what, make) => {
    await expect(ask("/v1/links", make())).rejects.toEqual(REFUSED);
  });

  test("when the log revoked its session", async () => {
    facts.isRevoked = true;
    await expect(ask("/v1/links", alice.sign(createAsk()))).rejects.toEqual(REFUSED);
  });

  test("when its wallet does not keep the object", async () => {
    await expect(ask("/v1/links", mallory.sign(createAsk()))).rejects.toEqual(codeOf("DSDN_INGRESS_LINK_NOT_HELD"));
  });

  test("when the body is no request", async () => {
    const client = createHttpClient({ name: "ingress", url: server.url });
    for (const request of ["", "%%", toBase64(random.bytes(100))]) {
      await expect(client.json("/v1/links", { method: "POST", json: { request } })).rejects.toMatchObject({
        code: expect.stringMatching(/^DSDN_(INGRESS_LINK_REFUSED|PROTOCOL_NOT_CANONICAL)$/),
      });
    }
  });
});

test("a stranger can neither list nor revoke a link, nor learn that it exists", async () => {
  const made = createAsk();
  await ask("/v1/links", alice.sign(made));
  const revoke = { act: "revoke" as const, link: made.link };
  await expect(ask("/v1/links/revoke", mallory.sign(revoke))).rejects.toEqual(codeOf("DSDN_INGRESS_LINK_UNKNOWN"));
  expect(await ask("/v1/links/list", mallory.sign({ act: "list" }))).toEqual({ links: [] });
  expect(await ask(`/v1/links/${made.link}`)).toMatchObject({ link: made.link });
});

test("a revoked link opens nothing, and the request that made it cannot be played again", async () => {
  const made = createAsk();
  const request = alice.sign(made);
  await ask("/v1/links", request);
  await ask("/v1/links", request);
  expect(await ask("/v1/links/revoke", alice.sign({ act: "revoke", link: made.link }))).toMatchObject({
    state: "revoked",
  });
  await ask("/v1/links", request);
  await expect(ask(`/v1/links/${made.link}`)).rejects.toEqual(codeOf("DSDN_INGRESS_LINK_REVOKED"));
});

test("what an owner lists tells how each link stands and never its half", async () => {
  const [first, second] = [createAsk(), createAsk({ expiresMs: NOW + HOUR })];
  await ask("/v1/links", alice.sign(first));
  await ask("/v1/links", alice.sign(second, { createdMs: NOW + 1 }));
  await clock.advance(HOUR);
  const listed = await ask("/v1/links/list", alice.sign({ act: "list" }, { createdMs: clock.nowMs() }));
  const rows = [second, first].map(({ link, note }) => expect.objectContaining({ link, note: toBase64(note) }));
  expect(listed).toEqual({ links: rows });
  expect(JSON.stringify(listed)).not.toContain(toBase64(first.half));
  expect((listed as { links: { state: string }[] }).links.map(({ state }) => state)).toEqual(["expired", "open"]);
});

test("a link ends with its time, and with the object it opens", async () => {
  const [timed, gone] = [createAsk(), createAsk({ expiresMs: NOW + 300 * DAY })];
  await ask("/v1/links", alice.sign(timed));
  await ask("/v1/links", alice.sign(gone));
  facts.isGone = true;
  await expect(ask(`/v1/links/${gone.link}`)).rejects.toEqual(codeOf("DSDN_INGRESS_LINK_OBJECT_REMOVED"));
  facts.isGone = false;
  await expect(ask(`/v1/links/${gone.link}`)).rejects.toEqual(codeOf("DSDN_INGRESS_LINK_OBJECT_REMOVED"));
  await clock.advance(DAY);
  await expect(ask(`/v1/links/${timed.link}`)).rejects.toEqual(codeOf("DSDN_INGRESS_LINK_EXPIRED"));
  await expect(ask(`/v1/links/${linkIdOf(new Uint8Array(16))}`)).rejects.toEqual(codeOf("DSDN_INGRESS_LINK_UNKNOWN"));
  await expect(ask("/v1/links/..%2f..%2fgenesis")).rejects.toMatchObject({ spec: { httpStatus: 400 } });
});
