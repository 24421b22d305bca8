import { resolve } from "node:path";
import { systemDisk } from "../../base/index.ts";
import type { DevnetConnection, DevnetStatus } from "../../devnet/index.ts";
import type { Block, Say } from "../../ui/index.ts";
import type { CommandContext } from "./base-command.ts";
import { pathFlag } from "./flags.ts";
import { homeFolder } from "./home.ts";
import { statusWord } from "./status-word.ts";

/** `--data`, for commands that speak to one of several devnets. */
export const devnetFolderFlag = pathFlag({
  text: {
    en: "Folder of the devnet; .dsdn/devnet in your home unless said.",
    id: "Folder devnet; .dsdn/devnet di rumah Anda bila tak disebut.",
  },
});

/** The folder of the devnet meant by `--data`. Absolute. */
export function devnetFolder(context: Pick<CommandContext, "ui">, data: string | undefined): string {
  const { terminal } = context.ui;
  return data === undefined ? `${homeFolder(terminal)}/devnet` : resolve(terminal.folder, data);
}

/** The devnet that runs on that folder. @throws DSDN_DEVNET_NOT_RUNNING */
export async function openDevnet(
  context: Pick<CommandContext, "ui">,
  data: string | undefined,
): Promise<DevnetConnection> {
  const { connectDevnet } = await import("../../devnet/index.ts");
  return connectDevnet(devnetFolder(context, data), systemDisk());
}

const texts = {
  ingress: { en: "Ingress", id: "Ingress" },
  chain: { en: "Chain RPC", id: "RPC rantai" },
  da: { en: "Data availability", id: "Ketersediaan data" },
  folder: { en: "State kept in", id: "Data disimpan di" },
  height: { en: "Log height", id: "Ketinggian log" },
  role: { en: "Role", id: "Peran" },
  zone: { en: "Zone", id: "Zona" },
  status: { en: "Status", id: "Status" },
  address: { en: "Address", id: "Alamat" },
} as const;

/** How a devnet looks to a person: addresses, then one row a role. */
export function devnetView(status: DevnetStatus, say: Say): readonly Block[] {
  return [
    {
      pairs: [
        [say(texts.ingress), status.ingressUrl],
        [say(texts.chain), status.chainRpcUrl],
        [say(texts.da), status.daUrl],
        [say(texts.folder), status.folder],
        [say(texts.height), String(status.height)],
      ],
    },
    {
      head: [say(texts.role), say(texts.zone), say(texts.status), say(texts.address)],
      rows: status.roles.map((role) => [role.name, role.zone ?? "-", statusWord(role.status, say), role.url]),
    },
  ];
}
