/** Pebble, Let's Encrypt's own test authority, on the loopback interface; `.ci/run` builds it where Go is installed. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePorts } from "./free-ports.ts";

export interface AuthorityOptions {
  /** A folder of its own. */
  readonly folder: string;
  /** Where it asks names over HTTP, in place of port 80. */
  readonly webPort: number;
  /** Port of the name server it asks. */
  readonly namesPort: number;
}

export interface Authority {
  readonly directoryUrl: string;
  /** File of the root that signs its own connection, PEM. */
  readonly rootFile: string;
  /** What its certificates are signed with, PEM. */
  readIssuerRoot(): Promise<string>;
  stop(): Promise<void>;
}

/** The program, or undefined where it is not installed. */
export function findPebble(): string | undefined {
  const folders = [join(import.meta.dirname, "../.cache/pebble"), ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders.map((path) => join(path, "pebble")).find((path) => existsSync(path));
}

export async function startAuthority(program: string, options: AuthorityOptions): Promise<Authority> {
  const { folder, webPort, namesPort } = options;
  const port = await findFreePorts(2);
  const managementPort = port + 1;
  const { certificate, key } = selfSigned(folder);
  const config = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate,
    privateKey: key,
    httpPort: webPort,
    tlsPort: webPort,
    externalAccountBindingRequired: false,
    keyAlgorithm: "ecdsa",
    profiles: { default: { description: "test", validityPeriod: 7_776_000 } },
  };
  const path = join(folder, "pebble.json");
  writeFileSync(path, JSON.stringify({ pebble: config }));
  const child = spawn(program, ["-config", path, "-dnsserver", `127.0.0.1:${namesPort}`], {
    env: { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    const hear = (part: Buffer) => {
      said += part.toString();
      if (said.includes("ACME directory available at")) resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    void ended.then(() => reject(new Error(said)));
  });
  // It tells the address before it listens there.
  for (const own of [port, managementPort]) {
    while (!(await isListening(own))) {
      if (child.exitCode !== null) throw new Error(`the authority ended with exit code ${child.exitCode}`);
      await sleep(20);
    }
  }
  const ca = readFileSync(certificate, "utf8");
  return {
    directoryUrl: `https://localhost:${port}/dir`,
    rootFile: certificate,
    readIssuerRoot: () => readOver(ca, `https://localhost:${managementPort}/roots/0`),
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return once(socket, "connect")
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}

async function readOver(ca: string, url: string): Promise<string> {
  const { get } = await import("node:https");
  return new Promise((resolve, reject) => {
    const asked = get(url, { ca, agent: false }, async (answer) => {
      let text = "";
      for await (const part of answer.setEncoding("utf8")) text += part;
      resolve(text);
    });
    asked.on("error", reject);
  });
}

function selfSigned(folder: string) {
  const [certificate, key] = [join(folder, "pebble.crt"), join(folder, "pebble.key")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", key, "-out", certificate];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...subject, ...files], { stdio: "ignore" });
  return { certificate, key };
}
