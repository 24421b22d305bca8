import { dirname } from "node:path";
import { isError, systemDisk } from "../../../base/index.ts";
import type { KeysStatus } from "../../../keys/index.ts";
import { formatBytes, formatTime, type Say } from "../../../ui/index.ts";
import { openAccountAccess } from "../destination/account.ts";
import { homeFolder, keysFolder } from "../home.ts";
import type { Check, Finding } from "./check.ts";
import { findSessionFinding } from "./session-check.ts";

/** Below this a devnet of a few deployments may fill the disk. */
const ROOMY_BYTES = 2 * 1024 ** 3;
/** Below this nothing should be started. */
const NEEDED_BYTES = 256 * 1024 ** 2;

const texts = {
  notMade: { en: "{folder}, made at its first use", id: "{folder}, dibuat saat pertama dipakai" },
  unwritable: { en: "nothing can be written to {folder}", id: "tidak ada yang dapat ditulis ke {folder}" },
  giveFolder: {
    en: "Give yourself the folder, or set DSDN_HOME to another one.",
    id: "Beri diri Anda hak atas folder itu, atau arahkan DSDN_HOME ke folder lain.",
  },
  free: { en: "{free} free", id: "{free} kosong" },
  freeUnknown: { en: "its free space is unknown", id: "ruang kosongnya tidak diketahui" },
  makeRoom: {
    en: "Free some space: `dsdn dev reset` removes the devnet's data.",
    id: "Kosongkan sebagian: `dsdn dev reset` menghapus data devnet.",
  },
  hidden: { en: "yours alone to read", id: "hanya Anda yang dapat membacanya" },
  exposed: {
    en: "{count} can be read or replaced by others, {path} among them",
    id: "{count} dapat dibaca atau diganti orang lain, di antaranya {path}",
  },
  putOwnFile: { en: "Put a plain file of your own there.", id: "Taruh berkas biasa milik Anda sendiri di sana." },
  noAccount: { en: "none yet; a devnet makes one by itself", id: "belum ada; devnet membuatnya sendiri" },
  account: { en: "{fingerprint} in {place}", id: "{fingerprint} di {place}" },
  rehearsed: {
    en: "{fingerprint} in {place}, shares rehearsed {day}",
    id: "{fingerprint} di {place}, bagian kunci diuji {day}",
  },
  unsplit: {
    en: "{fingerprint} in {place}, not split into shares",
    id: "{fingerprint} di {place}, belum dibagi menjadi bagian kunci",
  },
  split: {
    en: "`dsdn keys split` makes shares, so that a lost device does not lose your data.",
    id: "`dsdn keys split` membuat bagian kunci, agar perangkat yang hilang tidak berarti data hilang.",
  },
  noKeychain: {
    en: "its key rests in a keychain that cannot be reached",
    id: "kuncinya tersimpan di keychain yang tidak dapat dijangkau",
  },
  unlock: {
    en: "Unlock it. On a machine without a desktop bring the key in with `dsdn keys import --store file`.",
    id: "Buka keychain itu. Di mesin tanpa desktop, masukkan kunci dengan `dsdn keys import --store file`.",
  },
  unreadable: { en: "there is one and it cannot be read", id: "ada, tetapi tidak dapat dibaca" },
  askKeys: { en: "`dsdn keys status` says why.", id: "`dsdn keys status` menjelaskan sebabnya." },
} as const;

const node: Check = {
  id: "node",
  title: { en: "Node.js", id: "Node.js" },
  run: async () => ({
    status: "good",
    text: `${process.versions.node} (${process.platform}-${process.arch})`,
  }),
};

const home: Check = {
  id: "home",
  title: { en: "Folder of dsdn", id: "Folder dsdn" },
  async run({ ui }) {
    const folder = homeFolder(ui.terminal);
    const probe = `${folder}/.doctor`;
    const machine = systemDisk();
    try {
      if ((await machine.findSize(folder)) === undefined) {
        return { status: "good", text: ui.say(texts.notMade, { folder }) };
      }
      await machine.write(probe, new Uint8Array(1), { sync: true });
      await machine.remove(probe);
    } catch {
      return { status: "bad", text: ui.say(texts.unwritable, { folder }), hint: ui.say(texts.giveFolder) };
    }
    return { status: "good", text: folder };
  },
};

const disk: Check = {
  id: "disk",
  title: { en: "Disk", id: "Disk" },
  async run({ ui }) {
    const free = await freeBytesAt(homeFolder(ui.terminal));
    if (free === undefined) return { status: "remark", text: ui.say(texts.freeUnknown) };
    const text = ui.say(texts.free, { free: formatBytes(free) });
    if (free >= ROOMY_BYTES) return { status: "good", text };
    return { status: free < NEEDED_BYTES ? "bad" : "remark", text, hint: ui.say(texts.makeRoom) };
  },
};

/** Free bytes where the folder is or will be; undefined when the system does not say. */
async function freeBytesAt(folder: string): Promise<number | undefined> {
  const free = await systemDisk()
    .freeBytes(folder)
    .catch(() => undefined);
  return free === undefined && dirname(folder) !== folder ? freeBytesAt(dirname(folder)) : free;
}

const keyFiles: Check = {
  id: "key-files",
  title: { en: "Key files", id: "Berkas kunci" },
  async run({ ui }) {
    const { listExposedFiles, hideFile } = await import("../../../keys/index.ts");
    const exposed = await listExposedFiles(keysFolder(ui.terminal), systemDisk());
    const [first] = exposed;
    if (first === undefined) return { status: "good", text: ui.say(texts.hidden) };
    const text = ui.say(texts.exposed, { count: exposed.length, path: first.path });
    if (!exposed.every(({ canHide }) => canHide)) return { status: "bad", text, hint: ui.say(texts.putOwnFile) };
    const repair = async () => {
      for (const { path } of exposed) await hideFile(path);
    };
    return { status: "bad", text, repair };
  },
};

const account: Check = {
  id: "account",
  title: { en: "Account", id: "Akun" },
  async run(context) {
    const { keysErrors } = await import("../../../keys/index.ts");
    const { say } = context.ui;
    const session = await findSessionFinding(context);
    if (session !== undefined) return session;
    try {
      return describeAccount(await openAccountAccess(context).keeper.findStatus(), say);
    } catch (error) {
      return isError(error, keysErrors.keychainUnavailable)
        ? { status: "bad", text: say(texts.noKeychain), hint: say(texts.unlock) }
        : { status: "bad", text: say(texts.unreadable), hint: say(texts.askKeys) };
    }
  },
};

function describeAccount(status: KeysStatus | undefined, say: Say): Finding {
  if (status === undefined) return { status: "good", text: say(texts.noAccount) };
  const { place, splits, store } = status;
  const fingerprint = status.fingerprint.slice(0, 16);
  // A key of this device alone is for devnets; nobody needs to recover it.
  if (splits.length === 0 && store !== "device") {
    return { status: "remark", text: say(texts.unsplit, { fingerprint, place }), hint: say(texts.split) };
  }
  const rehearsedMs = Math.max(0, ...splits.map((split) => split.rehearsedMs ?? 0));
  if (rehearsedMs === 0) return { status: "good", text: say(texts.account, { fingerprint, place }) };
  return { status: "good", text: say(texts.rehearsed, { fingerprint, place, day: formatTime(rehearsedMs) }) };
}

/** What must hold on this machine before any network is asked. */
export const machineChecks: readonly Check[] = [node, home, disk, keyFiles, account];
