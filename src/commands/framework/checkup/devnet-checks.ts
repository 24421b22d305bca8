import { systemDisk } from "../../../base/index.ts";
import type { DevnetConnection } from "../../../devnet/index.ts";
import type { Say } from "../../../ui/index.ts";
import { devnetFolder } from "../devnet.ts";
import type { Check, Finding } from "./check.ts";

const LOOPBACK = "127.0.0.1";

const texts = {
  notRunning: { en: "not running; `dsdn dev start` starts one", id: "tidak berjalan; `dsdn dev start` memulainya" },
  leftover: {
    en: "was killed and left its announcement behind",
    id: "dimatikan paksa dan meninggalkan berkas pengumumannya",
  },
  silent: { en: "its process {pid} is there and does not answer", id: "prosesnya, {pid}, ada tetapi tidak menjawab" },
  endProcess: {
    en: "End process {pid}, then run `dsdn dev start`.",
    id: "Akhiri proses {pid}, lalu jalankan `dsdn dev start`.",
  },
  roles: { en: "{count} roles run", id: "{count} peran berjalan" },
  rolesStopped: {
    en: "these roles do not run as they should: {roles}",
    id: "peran ini tidak berjalan semestinya: {roles}",
  },
  portsHeld: { en: "held by the devnet", id: "dipegang devnet" },
  portsFree: { en: "the usual ones are free", id: "port yang lazim bebas" },
  portsTaken: {
    en: "another program has {ports}; a devnet takes other numbers",
    id: "program lain memakai {ports}; devnet memakai nomor lain",
  },
} as const;

const devnet: Check = {
  id: "devnet",
  title: { en: "Devnet", id: "Devnet" },
  async run(context) {
    const { say } = context.ui;
    const folder = devnetFolder(context, undefined);
    const { findDevnetTrace, removeLeftover } = await import("../../../devnet/index.ts");
    const disk = systemDisk();
    const trace = await findDevnetTrace(folder, disk);
    switch (trace.kind) {
      case "none":
        return { status: "good", text: say(texts.notRunning) };
      case "leftover":
        return { status: "remark", text: say(texts.leftover), repair: () => removeLeftover(folder, disk) };
      case "silent":
        return { status: "bad", text: say(texts.silent, trace), hint: say(texts.endProcess, trace) };
      default:
        return describeRoles(trace.connection, say);
    }
  },
};

async function describeRoles(connection: DevnetConnection, say: Say): Promise<Finding> {
  const { roles } = await connection.status();
  const stopped = roles.filter(({ status }) => status !== "running").map(({ name }) => name);
  if (stopped.length === 0) return { status: "good", text: say(texts.roles, { count: roles.length }) };
  const text = say(texts.rolesStopped, { roles: stopped.join(", ") });
  return { status: "bad", text, repair: async () => void (await connection.heal()) };
}

const ports: Check = {
  id: "ports",
  title: { en: "Ports", id: "Port" },
  async run(context) {
    const { say } = context.ui;
    const { findDevnetTrace, findTakenPorts } = await import("../../../devnet/index.ts");
    const trace = await findDevnetTrace(devnetFolder(context, undefined), systemDisk());
    if (trace.kind === "running") return { status: "good", text: say(texts.portsHeld) };
    const taken = await findTakenPorts(LOOPBACK);
    return taken.length === 0
      ? { status: "good", text: say(texts.portsFree) }
      : { status: "remark", text: say(texts.portsTaken, { ports: taken.join(", ") }) };
  },
};

/** What must hold for a devnet to start and to run. */
export const devnetChecks: readonly Check[] = [devnet, ports];
