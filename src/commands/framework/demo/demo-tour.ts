import { dirname, join } from "node:path";
import {
  equalBytes,
  fail,
  seededRandom,
  silentLogger,
  systemDisk,
  systemFileTree,
  toUtf8,
  writeDurable,
} from "../../../base/index.ts";
import type { CommandContext } from "../base-command.ts";
import { deployProject } from "../deploying/deploy-project.ts";
import type { DeployedProject } from "../deploying/deployed-project.ts";
import { openAccountAccess } from "../destination/account.ts";
import { findLog } from "../destination/log-access.ts";
import { type OpenNetwork, openNetwork } from "../destination/network.ts";
import { commandErrors } from "../errors.ts";
import { writeShares } from "../secrets/share-files.ts";
import { contextIn, type DemoWorld } from "./demo-world.ts";

/** What a demonstration did and measured. */
export interface DemoReport {
  readonly site: DeployedProject;
  /** Status of the API's answer. */
  readonly apiStatus: number;
  readonly object: string;
  readonly files: number;
  readonly sizeBytes: number;
  readonly replicas: number;
  readonly zones: number;
  readonly shares: readonly string[];
  readonly restored: string;
  readonly rolesAgreeing: number;
  readonly stateRoot: string;
}

const texts = {
  storing: { en: "Encrypting a folder and storing it", id: "Mengenkripsi dan menyimpan sebuah folder" },
  splitting: { en: "Splitting the key into three shares", id: "Membagi kunci menjadi tiga bagian" },
  restoring: {
    en: "Getting it back in an empty profile from shares 1 and 3",
    id: "Mengambilnya kembali di profil kosong dari bagian 1 dan 3",
  },
  verifying: { en: "Replaying the log and asking every role", id: "Memutar ulang log dan menanyai setiap peran" },
} as const;

const APP = "my-app";
const PHOTOS = "photos";
const API_PATH = "/api/hello?name=DSDN";
const NAMED_MS = 60_000;
const NAMED_PAUSE_MS = 50;

/** Walks through everything once: deploy, store, split, restore, verify. Errors are those of the commands. */
export async function walkDemo(world: DemoWorld): Promise<DemoReport> {
  const { context, files } = world;
  const { ui, signal, clock } = context;
  const network = await openNetwork(context);
  const { initProject } = await import("../../../packager/index.ts");
  const deps = { tree: systemFileTree(), disk: systemDisk() };
  await initProject({ template: "web-app", folder: join(files, APP) }, deps);
  const { project: site } = await deployProject(context, network, { path: APP });
  const { probeSite, verifyState } = await import("../../../client/index.ts");
  const api = await probeSite(network.ingressUrl, { url: site.url ?? "" }, { path: API_PATH, signal });

  const photos = await writePhotos(join(files, PHOTOS));
  const stored = await ui.progress.run(ui.say(texts.storing), (step) =>
    network.client.storage.upload(
      { paths: [join(files, PHOTOS)] },
      { name: PHOTOS, signal, onProgress: ({ doneBytes, totalBytes }) => step.update(doneBytes, totalBytes) },
    ),
  );
  const shares = await ui.progress.run(ui.say(texts.splitting), () => splitKey(world));
  const restored = join(files, "restored");
  await ui.progress.run(ui.say(texts.restoring), async () => {
    const [first = "", , third = ""] = shares;
    const empty = contextIn(context, { home: join(files, "empty-profile"), folder: files });
    const data = `${world.home}/devnet`;
    const { client } = await openNetwork(empty, { data, shareFiles: [first, third] });
    await untilNamed(client, PHOTOS, { clock, signal });
    await client.storage.get(PHOTOS, { out: restored, signal });
    await compare(photos, restored);
  });
  const report = await ui.progress.run(ui.say(texts.verifying), async () => {
    const { genesis } = await network.client.network(signal);
    const { roles } = world.devnet.status();
    const log = await findLog(context, undefined);
    return verifyState({ genesis, log, roles, readsProofs: false, signal }, { clock, log: silentLogger() });
  });
  const differing = report.roles.filter(({ verdict }) => verdict === "differs").map(({ name }) => name);
  if (differing.length > 0) {
    const { height, stateRoot: root } = report;
    throw fail(commandErrors.stateDiffers, { height, root, roles: differing.join(", ") });
  }
  const { object, sizeBytes, replicas, zones } = stored;
  return {
    site,
    apiStatus: api.status,
    object,
    files: stored.files,
    sizeBytes,
    replicas,
    zones,
    shares,
    restored,
    rolesAgreeing: report.roles.filter(({ verdict }) => verdict === "equal").length,
    stateRoot: report.stateRoot,
  };
}

/**
 * A name follows its object to the log, and a profile that did not give it knows it from there only. Resolves when it
 * does; after a minute all the same, for whoever uses the name to say that there is none.
 */
export async function untilNamed(
  { storage }: { readonly storage: Pick<OpenNetwork["client"]["storage"], "list"> },
  name: string,
  { clock, signal }: Pick<CommandContext, "clock" | "signal">,
): Promise<void> {
  const endMs = clock.monotonicMs() + NAMED_MS;
  while (clock.monotonicMs() < endMs) {
    if ((await storage.list(signal)).some((row) => row.name === name)) return;
    await clock.sleep(NAMED_PAUSE_MS, signal);
  }
}

async function splitKey({ context, files }: DemoWorld): Promise<readonly string[]> {
  const access = openAccountAccess(context);
  const { account } = await access.keeper.open();
  const set = await access.keeper.split({ threshold: 2, total: 3 });
  const facts = {
    folder: join(files, "shares"),
    network: "devnet",
    subject: account.fingerprint,
    createdMs: context.clock.nowMs(),
  };
  const written = await writeShares(set, facts, access.files);
  return written.filter((path) => path.endsWith(".txt"));
}

/** Some files to store: text, an empty one, and one that no compression makes smaller. @returns content by path. */
async function writePhotos(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const random = seededRandom("demo");
  const files = new Map([
    ["2025/mountain.jpg", random.bytes(900_000)],
    ["2026/garden.jpg", random.bytes(350_000)],
    ["2026/garden.txt", toUtf8("The garden, before the rain. / Kebun, sebelum hujan.\n")],
    ["empty", new Uint8Array(0)],
  ]);
  const disk = systemDisk();
  for (const [path, bytes] of files) {
    await disk.makeFolder(dirname(join(folder, path)));
    await writeDurable(disk, join(folder, path), bytes);
  }
  return files;
}

/** @throws DSDN_COMMANDS_DEMO_DIFFERS */
async function compare(files: ReadonlyMap<string, Uint8Array>, folder: string): Promise<void> {
  for (const [path, bytes] of files) {
    const found = await systemDisk().find(join(folder, path));
    if (found === undefined || !equalBytes(found, bytes)) throw fail(commandErrors.demoDiffers, { path });
  }
}
