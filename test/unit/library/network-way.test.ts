import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DsdnError, systemClock } from "../../../src/base/index.ts";
import { findWay, type NetworkWish } from "../../../src/library/network-way.ts";

const [prod, staging] = ["ab".repeat(32), "cd".repeat(32)];
let home = "";

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "dsdn-way-"));
  await writeFile(join(home, "token"), "kept-token\n", { mode: 0o600 });
  await writeFile(join(home, "other-token"), "token-of-the-environment\n", { mode: 0o600 });
  const rest = { tokenFile: null, sessionFile: null, caFile: null, isInsecure: false };
  const networks = {
    prod: { ...rest, ingresses: ["https://a.example", "https://b.example"], networkId: prod },
    staging: { ...rest, ingresses: ["https://s.example"], networkId: staging, tokenFile: join(home, "token") },
  };
  await keep({ networks, settings: {} });
});
afterAll(() => rm(home, { recursive: true, force: true }));

const keep = (config: object) =>
  writeFile(join(home, "config.json"), JSON.stringify({ version: 1, ...config }), { mode: 0o600 });

/** The way of a program that says `wish` where `env` is set; the code of an error. */
async function wayOf(wish: NetworkWish, env: { readonly [name: string]: string } = {}) {
  try {
    const place = { env: { DSDN_HOME: home, ...env }, folder: home };
    return await findWay(place, wish, { clock: systemClock() });
  } catch (error) {
    if (error instanceof DsdnError) return { code: error.code };
    throw error;
  }
}

describe("the network a program means", () => {
  test("has all its ingresses, its id and its token by the name its user gave it", async () => {
    expect(await wayOf({ name: "staging" })).toMatchObject({
      urls: ["https://s.example"],
      network: staging,
      token: "kept-token",
      isDevnet: false,
    });
    expect(await wayOf({ name: "prod" })).toMatchObject({ urls: ["https://a.example", "https://b.example"] });
  });

  test("is what the program says, then what the environment says, then what its user keeps, then the devnet", async () => {
    const env = { DSDN_NETWORK: "prod" };
    expect(await wayOf({ name: "staging" }, env)).toMatchObject({ network: staging });
    expect(await wayOf({}, env)).toMatchObject({ network: prod });
    expect(await wayOf({}, { DSDN_INGRESS_ENDPOINT: "https://e.example" })).toMatchObject({
      urls: ["https://e.example"],
    });
    // Said at the same level they go together; a name above an address of the environment does not.
    const both = { ...env, DSDN_INGRESS_ENDPOINT: "https://e.example" };
    expect(await wayOf({}, both)).toMatchObject({ urls: ["https://e.example"], network: prod });
    expect(await wayOf({ name: "staging" }, both)).toMatchObject({ urls: ["https://s.example"], network: staging });
    expect(await wayOf({ url: "https://u.example" }, env)).toMatchObject({
      urls: ["https://u.example"],
      network: undefined,
    });

    const config = JSON.parse(await readFile(join(home, "config.json"), "utf8"));
    await keep({ ...config, settings: { network: "staging" } });
    expect(await wayOf({})).toMatchObject({ network: staging });
    expect(await wayOf({}, env)).toMatchObject({ network: prod });
    expect(await wayOf({ name: "devnet" })).toEqual({ code: "DSDN_DEVNET_NOT_RUNNING" });
    await keep(config);
    expect(await wayOf({})).toEqual({ code: "DSDN_DEVNET_NOT_RUNNING" });
  });

  test("gets the program's own token before that of the environment, and that before what is kept", async () => {
    const env = { DSDN_TOKEN_FILE: join(home, "other-token") };
    expect(await wayOf({ name: "staging", token: "own" }, env)).toMatchObject({ token: "own" });
    expect(await wayOf({ name: "staging" }, env)).toMatchObject({ token: "token-of-the-environment" });
    expect(await wayOf({ name: "prod" })).toMatchObject({ token: undefined });
  });

  test("is spoken to by who signed in there, over a way nobody reads along", async () => {
    const folder = join(home, "sign-ins");
    await mkdir(folder);
    await writeFile(join(folder, "any.json"), "{}", { mode: 0o600 });
    const way = await wayOf({ name: "prod" });
    expect("token" in way && typeof way.token).toBe("function");
    expect(await wayOf({ name: "staging" })).toMatchObject({ token: "kept-token" });
    await rm(folder, { recursive: true });
  });

  test("is refused with what is wrong when its address is none", async () => {
    for (const url of ["ingress.example", "ftp://ingress.example", "https://me:secret@ingress.example", ""]) {
      expect(await wayOf({ url })).toEqual({ code: "DSDN_LIBRARY_URL_INVALID" });
    }
    expect(await wayOf({ name: "https://" })).toEqual({ code: "DSDN_LIBRARY_URL_INVALID" });
    expect(await wayOf({}, { DSDN_INGRESS_ENDPOINT: "e.example" })).toEqual({ code: "DSDN_LIBRARY_URL_INVALID" });
    expect(await wayOf({ name: "" })).toEqual({ code: "DSDN_LIBRARY_NETWORK_UNKNOWN" });
    expect(await wayOf({ name: "nobody" })).toEqual({ code: "DSDN_LIBRARY_NETWORK_UNKNOWN" });
    const twice = { DSDN_SESSION: "a", DSDN_SESSION_FILE: "b" };
    expect(await wayOf({ name: "prod" }, twice)).toEqual({ code: "DSDN_PROFILE_SESSION_TWICE" });
    // A key of the program's own asks for no session.
    expect(await wayOf({ name: "prod", accountKey: new Uint8Array(32) }, twice)).toMatchObject({ lent: undefined });
  });
});
