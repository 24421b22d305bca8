import { resolve } from "node:path";
import { type Block, type CommandResult, formatBytes, formatDuration, formatTime, type Say } from "../ui/index.ts";
import {
  BaseCommand,
  beginPacking,
  buildFlags,
  buildProject,
  type CommandTexts,
  type DeployedProject,
  type Deployment,
  type DeploymentPlan,
  deployProject,
  drawExplanation,
  drawPlan,
  durationFlag,
  type Explanation,
  explainProject,
  findSchedule,
  findUnchanged,
  nextStep,
  type OpenNetwork,
  openNetwork,
  parseSiteName,
  passphraseFileFlag,
  pathArg,
  pathFlag,
  planDeployment,
  remarkSkipped,
  type ScheduledProject,
  scheduleFlags,
  scheduleProject,
  showScriptRun,
  switchFlag,
  textFlag,
  toBuildWish,
} from "./framework/index.ts";

interface Deployed extends DeployedProject {
  /** What a script wrote: as text when it is short UTF-8, by its object otherwise. */
  readonly output: { readonly object: string; readonly text: string | null } | null;
  readonly readyAfterMs: number;
}

interface Planned {
  readonly plan: DeploymentPlan;
}

interface Scheduled {
  readonly scheduled: ScheduledProject;
}

interface Explained {
  readonly explanation: Explanation;
}

const texts = {
  deployed: { en: "Deployed! {url}", id: "Berhasil di-deploy! {url}" },
  unchanged: {
    en: "{name} is unchanged: version {number} at {url}",
    id: "{name} tidak berubah: versi {number} di {url}",
  },
  unchangedAlone: {
    en: "{name} is unchanged and runs as version {number}.",
    id: "{name} tidak berubah dan berjalan sebagai versi {number}.",
  },
  comparing: { en: "Comparing with what runs", id: "Membandingkan dengan yang berjalan" },
  scheduled: { en: "{name} is scheduled as run {number}.", id: "{name} dijadwalkan sebagai run {number}." },
  runsAlone: {
    en: "{name} runs. It is private: it has no address, and nobody is answered.",
    id: "{name} berjalan. Sifatnya privat: tanpa alamat, dan tidak menjawab siapa pun.",
  },
  planned: { en: "{name} runs at {cron} ({timeZone}).", id: "{name} berjalan pada {cron} ({timeZone})." },
  next: { en: "First run", id: "Run pertama" },
  fallback: { en: "Also at", id: "Juga di" },
  name: { en: "Name", id: "Nama" },
  version: { en: "{name}, version {number}", id: "{name}, versi {number}" },
  package: { en: "Package", id: "Paket" },
  framework: { en: "Built with", id: "Di-build dengan" },
  size: { en: "{files} file(s), {size}, {visibility}", id: "{files} berkas, {size}, {visibility}" },
  public: { en: "public", id: "publik" },
  private: { en: "private", id: "privat" },
  ready: { en: "Answered after", id: "Menjawab setelah" },
  left: { en: "Left out", id: "Tidak ikut" },
} as const;

/** Deploys a site, an application or a script. */
export default class DeployCommand extends BaseCommand<Deployed | Planned | Explained | Scheduled> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Deploy a site, an application or a script.",
      id: "Deploy situs, aplikasi, atau skrip.",
    },
    description: {
      en: "The kind of project is detected. The address is printed once it answered with the new version; deploying again under the same name keeps the address. A script runs once; --wait prints what it wrote.",
      id: "Jenis proyek dideteksi. Alamat ditampilkan setelah menjawab dengan versi baru; deploy ulang dengan nama sama mempertahankan alamat. Skrip berjalan sekali; --wait mencetak keluarannya.",
    },
    examples: [
      { command: "deploy .", text: { en: "The project here.", id: "Proyek di sini." } },
      { command: "deploy dist --name shop", text: { en: "A built site, by name.", id: "Situs jadi, dengan nama." } },
      {
        command: "deploy count.ts --wait --stdin words.txt",
        text: { en: "Run a script and print its output.", id: "Jalankan skrip dan cetak keluarannya." },
      },
      {
        command: "deploy . --explain",
        text: { en: "What is chosen for you, and why.", id: "Yang dipilihkan untuk Anda, dan alasannya." },
      },
      {
        command: "deploy . --dry-run",
        text: { en: "What would be sent and changed.", id: "Yang akan dikirim dan diubah." },
      },
    ],
  };
  static override readonly args = {
    path: pathArg({
      required: true,
      text: { en: "Project folder or program file.", id: "Folder proyek atau berkas program." },
    }),
  };
  static override readonly flags = {
    wait: switchFlag({ text: { en: "Wait for a script's end.", id: "Tunggu sampai skrip selesai." } }),
    stdin: pathFlag({
      text: {
        en: "File a script reads as standard input, stored as its package is; - is this program's own.",
        id: "Berkas yang dibaca skrip sebagai masukan standar, disimpan seperti paketnya; - milik program ini.",
      },
    }),
    "dry-run": switchFlag({
      text: {
        en: "Say what would be sent, cost and change; send nothing.",
        id: "Tampilkan yang akan dikirim, biayanya, dan perubahannya; tidak mengirim apa pun.",
      },
    }),
    preview: textFlag({
      text: {
        en: "Deploy beside the current version, under an address with this name.",
        id: "Deploy di samping versi yang berlaku, dengan alamat bernama ini.",
      },
    }),
    "preview-ttl": durationFlag({
      dependsOn: ["preview"],
      text: {
        en: "How long the preview stays; until removed unless said.",
        id: "Masa pratinjau; sampai dihapus bila tak disebut.",
      },
    }),
    explain: switchFlag({
      text: {
        en: "Say what would be deployed and why; build and send nothing.",
        id: "Tampilkan apa yang akan di-deploy dan alasannya; tidak membangun atau mengirim apa pun.",
      },
    }),
    "if-changed": switchFlag({
      text: {
        en: "Deploy only what differs from what runs; a script runs anyway.",
        id: "Hanya deploy bila berbeda dari yang berjalan; skrip tetap dijalankan.",
      },
    }),
    ...buildFlags,
    ...scheduleFlags,
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Deployed | Planned | Explained | Scheduled> | undefined> {
    const { args, flags } = await this.parse(DeployCommand);
    const passphraseFile = flags["passphrase-file"];
    if (flags.explain) {
      const explanation = await explainProject(this.context, toBuildWish(args.path, flags));
      return { summary: { explanation }, details: {}, audit: [] };
    }
    if (flags["dry-run"]) {
      const wish = { ...toBuildWish(args.path, flags), passphraseFile };
      return { summary: { plan: await planDeployment(this.context, wish) }, details: {}, audit: [] };
    }
    const stdin = flags.stdin === undefined ? undefined : this.#inputOf(flags.stdin);
    this.canResume = flags.stdin !== "-";
    const preview = this.#previewOf(flags.preview, flags["preview-ttl"]);
    const wish = { ...toBuildWish(args.path, flags), isWaiting: flags.wait, stdin, preview };
    // First the build, which runs beside this program; opening the network first would keep it waiting.
    const begun = await beginPacking(this.context, wish);
    const network = await openNetwork(this.context, { passphraseFile });
    const said = await findSchedule(this.context, wish);
    if (said !== undefined) {
      const scheduled = await scheduleProject(this.context, network, { wish: { ...wish, begun }, said });
      return { summary: { scheduled }, details: {}, audit: [{ step: "schedule", name: scheduled.name }] };
    }
    const packed = flags["if-changed"] ? await buildProject(this.context, wish, { begun }) : undefined;
    if (packed !== undefined) {
      const look = () => findUnchanged(this.context, network, { project: packed, preview });
      const same = await this.ui.progress.run(this.ui.say(texts.comparing), look);
      if (same !== undefined) return toUnchanged(same);
    }
    const done = await deployProject(this.context, network, { ...wish, begun, packed });
    const { project } = done;
    remarkSkipped(this.ui, project.skipped);
    if (flags.wait && project.run !== null) return this.#showRun(network, done);
    return toResult(done, null);
  }

  /** What was asked about, done: the same call without the flag. */
  #without(flag: string) {
    return nextStep(this.context.argv.filter((word) => word !== flag));
  }

  #previewOf(name: string | undefined, ttlMs: number | undefined) {
    if (name === undefined) return undefined;
    const expiresMs = ttlMs === undefined ? null : Math.round(this.clock.nowMs() + ttlMs);
    return { name: parseSiteName("--preview", name), expiresMs };
  }

  #inputOf(path: string) {
    return path === "-"
      ? { stream: this.ui.terminal.input(this.signal), fileName: "stdin" }
      : { paths: [resolve(this.ui.terminal.folder, path)] };
  }

  /** A script's output goes to standard output as it is; what became of the run is told beside it. */
  async #showRun(network: OpenNetwork, done: Deployment): Promise<CommandResult<Deployed> | undefined> {
    const { name, workload, run } = done.project;
    const { exitCode = 0, output = null } = run ?? {};
    if (exitCode !== 0) this.exitCode = 3;
    const streams = exitCode === 0 ? [] : (["stderr"] as const);
    const shown = { name, workload, exitCode, output, streams, isEndTold: true };
    const written = await showScriptRun(this.context, network, shown);
    return written === undefined ? undefined : toResult(done, written);
  }

  protected override view(summary: Deployed | Planned | Explained | Scheduled, say: Say): readonly Block[] {
    if ("plan" in summary) return [...drawPlan(summary.plan, say), this.#without("--dry-run")];
    if ("scheduled" in summary) return scheduledView(summary.scheduled, say);
    if ("explanation" in summary) {
      return [...drawExplanation(summary.explanation, this.context, say), this.#without("--explain")];
    }
    const { name, version, url, fallbackUrl, files, sizeBytes, skipped, readyAfterMs, framework, visibility } = summary;
    const pairs = [
      ...(framework === null ? [] : [[say(texts.framework), framework] as const]),
      [say(texts.name), say(texts.version, { name, number: version })],
      [
        say(texts.package),
        say(texts.size, { files, size: formatBytes(sizeBytes), visibility: say(texts[visibility]) }),
      ],
    ] as const;
    const left = skipped.map(({ path, reason }) => `  ${path} (${reason})`);
    const leftBlocks = left.length === 0 ? [] : [`${say(texts.left)}:`, ...left];
    if (summary.isUnchanged) {
      const line =
        url === null
          ? say(texts.unchangedAlone, { name, number: version })
          : say(texts.unchanged, { name, number: version, url });
      return [line, { more: [{ pairs: pairs.slice(0, -1) }] }, { essential: url ?? name }, nextStep(["status", name])];
    }
    if (url === null || fallbackUrl === null) {
      const next = nextStep(["status", name]);
      const isScript = summary.mode === "batch";
      const line = isScript ? say(texts.scheduled, { name, number: version }) : say(texts.runsAlone, { name });
      return [line, { more: [{ pairs }, ...leftBlocks] }, next];
    }
    const { style } = this.ui;
    return [
      style.bold(say(texts.deployed, { url })),
      {
        more: [
          { pairs: [[say(texts.fallback), fallbackUrl], ...pairs, [say(texts.ready), formatDuration(readyAfterMs)]] },
          ...leftBlocks,
        ],
      },
      { essential: url },
      nextStep(summary.preview === null ? ["logs", name, "-f"] : ["promote", name, summary.preview]),
    ];
  }
}

function scheduledView({ name, cron, timeZone, nextMs }: ScheduledProject, say: Say): readonly Block[] {
  const next = nextMs === null ? "-" : formatTime(nextMs);
  return [
    say(texts.planned, { name, cron, timeZone }),
    { more: [{ pairs: [[say(texts.next), next]] }] },
    { essential: name },
    nextStep(["jobs", "show", name]),
  ];
}

function toUnchanged(project: DeployedProject): CommandResult<Deployed> {
  const { package: object, workload, deployment } = project;
  return {
    summary: { ...project, output: null, readyAfterMs: 0 },
    details: { references: { package: object, workload, deployment } },
    audit: [{ step: "compare with what runs", workload, isUnchanged: true }],
  };
}

function toResult(done: Deployment, output: Deployed["output"]): CommandResult<Deployed> {
  const { project, upload, durationsMs } = done;
  const { build, upload: uploading, schedule, wait } = durationsMs;
  return {
    summary: { ...project, output, readyAfterMs: build + uploading + schedule + wait },
    details: {
      buildMs: build,
      uploadMs: uploading,
      scheduleMs: schedule,
      waitMs: wait,
      sentBytes: upload.sentBytes,
      references: {
        package: project.package,
        workload: project.workload,
        deployment: project.deployment,
        position: upload.outcome?.position ?? null,
        blobCommitment: upload.outcome?.blobCommitment ?? null,
        author: upload.author,
        sequence: upload.sequence + 1,
      },
    },
    audit: [
      { step: "build artifact", files: project.files, bytes: project.sizeBytes, durationMs: build },
      { step: "upload", chunks: upload.sentChunks, bytes: upload.sentBytes, durationMs: uploading },
      { step: "schedule workload", workload: project.workload, durationMs: schedule },
      { step: "wait for nodes", status: project.status, durationMs: wait },
    ],
  };
}
