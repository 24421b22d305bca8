import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Authority, findPebble, startAuthority } from "../acme-authority.ts";
import { findFreePorts } from "../free-ports.ts";
import { type NameServer, startNameServer } from "../name-server.ts";
import { killRoles, type PlannedRole, startRole, untilNodesJoined } from "./role-processes.ts";
import { dsdn } from "./script.ts";

// The whole way of a host name, on a network of separate processes with a name server and an authority that are none of
// ours: the user's TXT record, the validator's look-up, requests by Host, the order at the authority, HTTPS.
const pebble = findPebble();
const folder = mkdtempSync(join(tmpdir(), "dsdn-own-domain-"));
const domain = "shop.example";
let names: NameServer;
let authority: Authority;
let ports: number;

afterAll(async () => {
  await killRoles();
  await authority?.stop();
  await names?.close();
  await rm(folder, { recursive: true, force: true });
});

async function summary(args: readonly string[]) {
  const env = {
    DSDN_HOME: join(folder, "home"),
    DSDN_INGRESS_ENDPOINT: `http://127.0.0.1:${ports + 10}`,
    DSDN_TOKEN_FILE: join(folder, "net/token"),
  };
  const { exitCode, stdout, stderr } = await dsdn([...args, "--json"], { folder, env });
  expect(exitCode, `${stdout}${stderr}`).toBe(0);
  return JSON.parse(stdout).summary;
}

/** The body that a visitor of the host name gets, or the code of what went wrong. */
function visit(scheme: "http" | "https", ca = ""): Promise<string> {
  const port = scheme === "http" ? ports + 10 : ports + 11;
  const options = { host: "127.0.0.1", port, servername: domain, headers: { host: domain }, ca, agent: false };
  return new Promise((resolve) => {
    const send = scheme === "http" ? request : secureRequest;
    send(options, async (answer) => {
      let text = "";
      for await (const part of answer.setEncoding("utf8")) text += part;
      resolve(text);
    })
      .on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      .end();
  });
}

describe.skipIf(pebble === undefined)("a host name of one's own, from DNS to HTTPS (skipped without pebble)", () => {
  beforeAll(async () => {
    ports = await findFreePorts(12);
    names = await startNameServer();
    authority = await startAuthority(pebble ?? "", { folder, webPort: ports + 10, namesPort: names.port });
    const net = join(folder, "net");
    const plan = ["role", "init", net, "--nodes", "3", "--zones", "3", "--first-port", String(ports), "--json"];
    const planned = await dsdn(plan, { folder });
    const roles: PlannedRole[] = JSON.parse(planned.stdout).summary.roles;
    const tell = async (role: string, place: string, lines: string) => {
      const path = join(net, role, "dsdn.toml");
      await writeFile(path, (await readFile(path, "utf8")).replace(place, `${place}\n${lines}`));
    };
    await tell("validator-1", "[validator]", `resolvers = ["${names.address}"]`);
    const acme = `directory_url = "${authority.directoryUrl}"\nnames = ["ingress.example"]\nroot_file = "${authority.rootFile}"`;
    await tell("ingress", "[ingress]", `https_port = ${ports + 11}`);
    await tell("ingress", `chain_rpc_url = "http://127.0.0.1:${ports + 9}"`, `[ingress.acme]\n${acme}`);
    for (const first of ["da", "coordinator"]) await startRole(get(roles, first));
    const others = roles.filter(({ role }) => ["node", "validator", "ingress"].includes(role));
    await Promise.all(others.map((role) => startRole(role)));
    await untilNodesJoined(others);
    await mkdir(join(folder, "shop"));
    await writeFile(join(folder, "shop/index.html"), "the shop");
    await summary(["keys", "generate", "--store", "device"]);
    await summary(["deploy", "shop"]);
  });

  test("is given by its record, answered at once, and has its certificate within a minute", async () => {
    const { record } = await summary(["domains", "add", "shop", domain]);
    expect(await visit("http")).not.toBe("the shop");
    names.txt.set(record.name, [["unrelated"], [record.value]]);
    const verified = await summary(["domains", "verify", "shop", domain]);
    expect(verified).toMatchObject({ isVerified: true, answer: { status: 200, refusal: null } });
    expect(await visit("http")).toBe("the shop");
    const root = await authority.readIssuerRoot();
    await expect.poll(() => visit("https", root)).toBe("the shop");
    const certificate = new X509Certificate(readFileSync(join(folder, "net/ingress/tls", `${domain}.crt`)));
    expect(certificate.checkHost(domain)).toBe(domain);
    // Its own name, which it was told to fetch a certificate for, needs no further setting.
    expect(existsSync(join(folder, "net/ingress/tls/ingress.example.crt"))).toBe(true);
    // Once verified, the record may go: nobody looks again.
    names.txt.delete(record.name);
    expect((await summary(["domains", "verify", "shop", domain])).isVerified).toBe(true);
    await summary(["domains", "rm", "shop", domain]);
    await expect.poll(() => visit("https", root)).not.toBe("the shop");
  });
});

function get(roles: readonly PlannedRole[], name: string): PlannedRole {
  const found = roles.find((role) => role.name === name);
  if (found === undefined) throw new TypeError(`no ${name} was planned`);
  return found;
}
