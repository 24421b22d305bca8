import { type Block, type CommandResult, formatBytes, formatDuration, isInCi, type Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  type DemoReport,
  type DemoWorld,
  nextStep,
  openDemoWorld,
  switchFlag,
  walkDemo,
} from "./framework/index.ts";

interface Demonstrated extends DemoReport {
  readonly home: string;
  readonly isOwnHome: boolean;
  readonly folder: string;
  readonly ingressUrl: string;
  readonly chainRpcUrl: string;
  readonly roles: number;
  readonly readyAfterMs: number;
  readonly tookMs: number;
  readonly isRunning: boolean;
}

const texts = {
  starting: { en: "Starting a network on this machine", id: "Memulai jaringan di mesin ini" },
  happened: { en: "What happened, in {duration}", id: "Yang terjadi, dalam {duration}" },
  network: {
    en: "1. A network of {roles} roles, six nodes in three zones among them, was ready after {ready}.",
    id: "1. Jaringan dengan {roles} peran, termasuk enam node di tiga zona, siap setelah {ready}.",
  },
  deployed: {
    en: "2. A site with an API was packed, signed, approved by the validator and answers (API: HTTP {status}).",
    id: "2. Situs dengan API dikemas, ditandatangani, disetujui validator, dan menjawab (API: HTTP {status}).",
  },
  stored: {
    en: "3. {files} files ({size}) were encrypted here and safe on {replicas} nodes or more, in {zones} zones or more.",
    id: "3. {files} berkas ({size}) dienkripsi di sini dan aman di {replicas} node atau lebih, di {zones} zona atau lebih.",
  },
  restored: {
    en: "4. The key was split in three; shares 1 and 3 brought every byte back in an empty profile.",
    id: "4. Kunci dibagi tiga; bagian 1 dan 3 mengembalikan setiap byte di profil kosong.",
  },
  verified: {
    en: "5. The log was replayed from its beginning: {roles} roles agree with it.",
    id: "5. Log diputar ulang dari awal: {roles} peran sepakat dengannya.",
  },
  site: { en: "Site", id: "Situs" },
  fallback: { en: "Also at", id: "Juga di" },
  api: { en: "API", id: "API" },
  ingress: { en: "Ingress", id: "Ingress" },
  chain: { en: "Chain RPC", id: "RPC rantai" },
  root: { en: "State root", id: "Akar keadaan" },
  files: { en: "Files of this tour", id: "Berkas tur ini" },
  running: {
    en: "The network runs until Ctrl-C.",
    id: "Jaringan berjalan sampai Ctrl-C.",
  },
  stopping: { en: "Stopping the network", id: "Menghentikan jaringan" },
  next: { en: "in another terminal", id: "di terminal lain" },
  over: { en: "starts a network that stays", id: "memulai jaringan yang menetap" },
} as const;

/** Shows everything once. */
export default class DemoCommand extends BaseCommand<Demonstrated> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Show everything once: start, deploy, store, recover, verify.",
      id: "Tunjukkan semuanya sekali: mulai, deploy, simpan, pulihkan, verifikasi.",
    },
    description: {
      en: "Starts a network on this machine, deploys the web-app template, stores a folder encrypted, gets it back from two of three key shares in an empty profile, and checks every role against the log. The network runs until Ctrl-C; with --once, or in CI, it ends by itself and leaves nothing.",
      id: "Memulai jaringan di mesin ini, men-deploy templat web-app, menyimpan folder terenkripsi, mengambilnya kembali dari dua dari tiga bagian kunci di profil kosong, dan memeriksa semua peran terhadap log. Jaringan berjalan sampai Ctrl-C; dengan --once, atau di CI, berakhir sendiri tanpa sisa.",
    },
    examples: [
      { command: "demo", text: { en: "The tour.", id: "Turnya." } },
      { command: "demo --once", text: { en: "The tour, then the end.", id: "Turnya, lalu selesai." } },
    ],
  };
  static override readonly flags = {
    once: switchFlag({ text: { en: "End by itself, leave nothing.", id: "Berakhir sendiri, tanpa sisa." } }),
  };

  async run(): Promise<CommandResult<Demonstrated> | undefined> {
    const { flags } = await this.parse(DemoCommand);
    const isOnce = flags.once || isInCi(this.ui.terminal.env);
    const begunMs = this.clock.monotonicMs();
    const world = await this.ui.progress.run(this.ui.say(texts.starting), () =>
      openDemoWorld(this.context, { isOnce }),
    );
    try {
      const report = await walkDemo(world);
      const tookMs = Math.round(this.clock.monotonicMs() - begunMs);
      const result = toResult(world, report, { tookMs, isRunning: !isOnce });
      if (isOnce) return result;
      this.ui.result(result, this.view(result.summary, this.ui.say));
      await this.#untilInterrupted(world);
      return undefined;
    } finally {
      await world.end();
    }
  }

  /** Resolves at Ctrl-C, or when somebody stopped the network with `dsdn dev stop`. */
  async #untilInterrupted({ devnet }: DemoWorld): Promise<void> {
    this.ui.remark(this.ui.say(texts.running));
    const interrupted = new Promise<void>((resolve) => {
      this.signal.addEventListener("abort", () => resolve(), { once: true });
      if (this.signal.aborted) resolve();
    });
    await Promise.race([interrupted, devnet.stopped]);
    await this.ui.progress.run(this.ui.say(texts.stopping), () => devnet.stop());
  }

  protected override view(summary: Demonstrated, say: Say): readonly Block[] {
    const { site, apiStatus, files, sizeBytes, replicas, zones, roles, rolesAgreeing, isRunning } = summary;
    const { bold } = this.ui.style;
    const url = site.url ?? "";
    const prefix = summary.isOwnHome ? "" : `DSDN_HOME=${summary.home} `;
    const places = [
      [say(texts.site), url],
      [say(texts.api), `${url}api/hello`],
      [say(texts.fallback), site.fallbackUrl ?? ""],
      [say(texts.ingress), summary.ingressUrl],
      [say(texts.chain), summary.chainRpcUrl],
      [say(texts.files), summary.folder],
    ] as const;
    return [
      "",
      bold(say(texts.happened, { duration: formatDuration(summary.tookMs) })),
      say(texts.network, { roles, ready: formatDuration(summary.readyAfterMs) }),
      say(texts.deployed, { status: apiStatus }),
      say(texts.stored, { files, size: formatBytes(sizeBytes), replicas, zones }),
      say(texts.restored),
      say(texts.verified, { roles: rolesAgreeing }),
      "",
      { pairs: [...(isRunning ? places : []), [say(texts.root), summary.stateRoot]] },
      "",
      { essential: isRunning ? url : summary.stateRoot },
      isRunning
        ? { next: `${prefix}dsdn status`, why: say(texts.next) }
        : nextStep(["dev", "start", "-d"], say(texts.over)),
    ];
  }
}

function toResult(
  world: DemoWorld,
  report: DemoReport,
  facts: { readonly tookMs: number; readonly isRunning: boolean },
): CommandResult<Demonstrated> {
  const { roles, ingressUrl, chainRpcUrl, readyAfterMs, network } = world.devnet.status();
  const { home, isOwnHome, files: folder } = world;
  return {
    summary: {
      ...report,
      ...facts,
      home,
      isOwnHome,
      folder,
      ingressUrl,
      chainRpcUrl,
      roles: roles.length,
      readyAfterMs,
    },
    details: { references: { network, object: report.object, workload: report.site.workload } },
    audit: [
      { step: "start network", roles: roles.length, durationMs: readyAfterMs },
      { step: "deploy", workload: report.site.workload, package: report.site.package },
      { step: "store encrypted", object: report.object, sizeBytes: report.sizeBytes },
      { step: "split key", shares: report.shares.length },
      { step: "restore from two shares", folder: report.restored },
      { step: "verify state", roles: report.rolesAgreeing, stateRoot: report.stateRoot },
    ],
  };
}
