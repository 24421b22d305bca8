import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, vi } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const processes: ChildProcess[] = [];

/** Ends every role that was started here; for the end of a test file. */
export async function killRoles(): Promise<void> {
  for (const child of processes) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

/** A role as `dsdn role init` plans it. */
export interface PlannedRole {
  readonly name: string;
  readonly role: string;
  readonly config: string;
  readonly url: string;
}

/** Starts one role as a process of its own, which goes on until `killRoles`; resolves when it says that it runs. */
export async function startRole(
  { role, config }: Pick<PlannedRole, "role" | "config">,
  env: Record<string, string> = {},
) {
  const child = spawn(
    process.execPath,
    [join(root, "bin/dsdn.js"), "role", "run", role, "--config", config, "--json"],
    {
      env: { PATH: process.env["PATH"] ?? "", HOME: join(config, ".."), ...env },
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  processes.push(child);
  let said = "";
  for await (const line of createInterface({ input: child.stdout })) {
    if (said === "" && line.endsWith("}")) return { child, facts: JSON.parse(line) };
    said += `${line}\n`;
  }
  throw new TypeError(`${role} ended before it ran: ${said}`);
}

/**
 * Resolves when the ingress among the roles knows every node of them: a node serves before the log has heard of it, and
 * until then nothing is stored there.
 */
export async function untilNodesJoined(roles: readonly PlannedRole[]): Promise<void> {
  const urlsOf = (kind: string) => roles.flatMap(({ role, url }) => (role === kind ? [url] : []));
  const status = async () => (await fetch(`${urlsOf("ingress")[0]}/v1/status`)).json();
  const active = urlsOf("node").length;
  const look = async () => expect(await status()).toMatchObject({ details: { nodes: { active } } });
  await vi.waitFor(look, { timeout: 180_000 });
}
