import type { Client } from "../client/index.ts";
import { type Block, type CommandResult, formatDuration, formatTime, type Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  describeUnplaced,
  findLastRun,
  listRefused,
  nameArg,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  statusWord,
} from "./framework/index.ts";

type DeploymentFacts = Awaited<ReturnType<Client["deployments"]["get"]>>;

interface Overview {
  readonly network: string;
  readonly id: string;
  readonly ingress: string;
  readonly height: number;
  readonly logTimeMs: number;
  readonly stateRoot: string;
  readonly isLogConnected: boolean;
  readonly logLatencyMs: number;
  readonly nodes: { readonly active: number; readonly total: number };
  readonly zones: number;
  readonly objects: number;
  readonly deployments: readonly DeploymentFacts[];
}

/** What one request for `/` found. */
interface Health {
  /** HTTP status; 0 when nothing answered at all. */
  readonly status: number;
  /** The version that answered; null when none of the deployment did. */
  readonly version: number | null;
  readonly tookMs: number;
  /** Why nothing of the deployment answered. */
  readonly refusal: string | null;
}

type Shown = { readonly overview: Overview } | { readonly deployment: DeploymentFacts; readonly health: Health | null };

const texts = {
  network: { en: "Network", id: "Jaringan" },
  ingress: { en: "Ingress", id: "Ingress" },
  log: { en: "Log", id: "Log" },
  logFacts: { en: "height {height}, {time}, {link}", id: "ketinggian {height}, {time}, {link}" },
  connected: { en: "connected ({latency})", id: "tersambung ({latency})" },
  lost: { en: "NOT CONNECTED: writes wait", id: "TIDAK TERSAMBUNG: tulisan menunggu" },
  nodes: { en: "Nodes", id: "Node" },
  nodeFacts: { en: "{active} of {total} active, {zones} zones", id: "{active} dari {total} aktif, {zones} zona" },
  few: {
    en: "Fewer than two zones have an active node: new data cannot be stored safely.",
    id: "Kurang dari dua zona punya node aktif: data baru tidak dapat disimpan dengan aman.",
  },
  objects: { en: "Objects", id: "Objek" },
  root: { en: "State root", id: "Akar keadaan" },
  name: { en: "Name", id: "Nama" },
  status: { en: "Status", id: "Status" },
  version: { en: "Version", id: "Versi" },
  address: { en: "Address", id: "Alamat" },
  fallback: { en: "Also at", id: "Juga di" },
  next: { en: "Next run", id: "Run berikutnya" },
  node: { en: "Node", id: "Node" },
  zone: { en: "Zone", id: "Zona" },
  since: { en: "Submitted", id: "Dikirim" },
  remark: { en: "Remark", id: "Catatan" },
  output: { en: "output {object}", id: "keluaran {object}" },
  serving: { en: "answers requests", id: "menjawab permintaan" },
  removed: { en: "removed", id: "dihapus" },
  sealAgain: {
    en: "Its keys are sealed to nodes that are away. `dsdn deploy` seals them to others; its secrets come along.",
    id: "Kuncinya disegel untuk node yang tidak aktif. `dsdn deploy` menyegelnya untuk node lain; rahasianya ikut.",
  },
  health: { en: "Health", id: "Kesehatan" },
  healthy: {
    en: "answers {status} in {time}, version {version}",
    id: "menjawab {status} dalam {time}, versi {version}",
  },
  private: { en: "none: it is private", id: "tidak ada: bersifat privat" },
  slow: { en: "NO ANSWER WITHIN {time}", id: "TIDAK MENJAWAB DALAM {time}" },
  silent: { en: "DOES NOT ANSWER ({reason})", id: "TIDAK MENJAWAB ({reason})" },
} as const;

/** An ingress lets a reader wait while a deployment moves; who looks after it wants to know at once. */
const HEALTH_MS = 5_000;

/** Shows the network and the user's deployments, or one deployment. */
export default class StatusCommand extends BaseCommand<Shown> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Show the network and your deployments, or one of them.",
      id: "Tampilkan jaringan dan deployment Anda, atau salah satunya.",
    },
    examples: [
      { command: "status", text: { en: "Everything.", id: "Semuanya." } },
      { command: "status my-app", text: { en: "One deployment, all versions.", id: "Satu deployment, semua versi." } },
    ],
  };
  static override readonly args = {
    name: nameArg({ text: { en: "Name of a deployment.", id: "Nama sebuah deployment." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Shown>> {
    const { args, flags } = await this.parse(StatusCommand);
    const { client, ingressUrl } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { signal } = this;
    if (args.name !== undefined) {
      const deployment = await client.deployments.get(args.name, signal);
      const health = await this.#check(ingressUrl, deployment);
      const audit = health === null ? [] : [{ step: "ask the deployment", ...health }];
      return { summary: { deployment, health }, details: {}, audit };
    }
    const [network, status, deployments] = await Promise.all([
      client.network(signal),
      client.status(signal),
      client.deployments.list(signal),
    ]);
    const { dataAvailability } = status;
    const overview = {
      network: network.name,
      id: network.network,
      ingress: ingressUrl,
      height: status.height,
      logTimeMs: status.logTimeMs,
      stateRoot: status.stateRoot,
      isLogConnected: dataAvailability.isConnected,
      logLatencyMs: dataAvailability.latencyMs,
      nodes: status.nodes,
      zones: status.zones,
      objects: status.objects,
      deployments,
    };
    const details = { stage: network.stage, logLagMs: dataAvailability.lagMs, chainRpc: network.chainRpcUrl };
    return { summary: { overview }, details, audit: [] };
  }

  /** Asks what serves requests and has an address; anything else has no health of its own. */
  async #check(ingressUrl: string, deployment: DeploymentFacts): Promise<Health | null> {
    const { isRemoved, workloads } = deployment;
    const { findServing, probeSite } = await import("../client/index.ts");
    const serving = findServing(deployment);
    if (isRemoved || serving === undefined || serving.mode === "batch") return null;
    const startMs = this.clock.monotonicMs();
    const answer = await probeSite(ingressUrl, deployment, { signal: this.signal, timeoutMs: HEALTH_MS });
    if (answer.isAbsent) return null;
    const version = workloads.find(({ workload }) => workload === answer.workload)?.number ?? null;
    const tookMs = Math.round(this.clock.monotonicMs() - startMs);
    return { status: answer.status, version, tookMs, refusal: answer.refusal ?? null };
  }

  protected override view(summary: Shown, say: Say): readonly Block[] {
    return "overview" in summary ? overviewView(summary.overview, say) : deploymentView(summary, say);
  }
}

function overviewView(facts: Overview, say: Say): readonly Block[] {
  const { height, logTimeMs, logLatencyMs, nodes, zones } = facts;
  const latency = formatDuration(logLatencyMs);
  const link = facts.isLogConnected ? say(texts.connected, { latency }) : say(texts.lost);
  const rows = facts.deployments.map((deployment) => {
    const shown =
      deployment.workloads.find(({ workload, mode }) => workload === deployment.current && mode === "service") ??
      findLastRun(deployment.workloads);
    const status = deployment.isRemoved ? say(texts.removed) : statusWord(shown?.status ?? "-", say);
    const isScript = deployment.job !== null || shown?.mode === "batch";
    const isReached = !isScript && !deployment.isRemoved && shown?.visibility === "public";
    const address = isReached ? deployment.url : "-";
    return [deployment.name, status, String(shown?.number ?? "-"), address];
  });
  const head = [say(texts.name), say(texts.status), say(texts.version), say(texts.address)];
  return [
    {
      pairs: [
        [say(texts.network), `${facts.network} (${facts.id.slice(0, 16)})`],
        [say(texts.ingress), facts.ingress],
        [say(texts.log), say(texts.logFacts, { height, time: formatTime(logTimeMs), link })],
        [say(texts.root), facts.stateRoot],
        [say(texts.nodes), say(texts.nodeFacts, { ...nodes, zones })],
        [say(texts.objects), String(facts.objects)],
      ],
    },
    ...(zones < 2 ? [say(texts.few)] : []),
    ...(rows.length === 0 ? [] : ["", { head, rows }]),
    { essential: facts.stateRoot },
    rows.length === 0 ? nextStep(["deploy", "<path>"]) : nextStep(["status", "<name>"]),
  ];
}

function describeHealth({ status, version, tookMs, refusal }: Health, say: Say): string {
  if (version === null && tookMs >= HEALTH_MS) return say(texts.slow, { time: formatDuration(HEALTH_MS) });
  if (version === null) return say(texts.silent, { reason: refusal ?? status });
  return say(texts.healthy, { status, version, time: formatDuration(tookMs) });
}

function deploymentView(
  { deployment, health }: { readonly deployment: DeploymentFacts; readonly health: Health | null },
  say: Say,
): readonly Block[] {
  const { name, url, fallbackUrl, workloads, current, isRemoved } = deployment;
  const isScript = deployment.job !== null || workloads[0]?.mode === "batch";
  const shown = workloads.find(({ workload }) => workload === current) ?? workloads[0];
  const isPrivate = shown?.visibility === "private";
  const addresses = [[say(texts.address), url] as const, [say(texts.fallback), fallbackUrl] as const];
  const address = [
    ...(isPrivate ? [[say(texts.address), say(texts.private)] as const] : addresses),
    ...(health === null ? [] : [[say(texts.health), describeHealth(health, say)] as const]),
  ] as const;
  const next = deployment.job?.nextMs ?? null;
  const due = next === null ? [] : [[say(texts.next), formatTime(next)] as const];
  const waiting = workloads.find(({ placement }) => placement !== null);
  const rows = workloads.map((row) => {
    const isServing = row.workload === current && !isScript && !isPrivate;
    const away = row.placement === null ? "" : describeUnplaced(row.placement, say);
    const output = row.output === null ? "" : say(texts.output, { object: row.output });
    const remark = [isServing ? say(texts.serving) : "", away, row.reason, output]
      .filter((part) => part !== "")
      .join("; ");
    const node = row.node === null ? "-" : row.node.slice(0, 12);
    return [
      String(row.number),
      statusWord(row.status, say),
      node,
      row.zone ?? "-",
      formatTime(row.submittedMs),
      remark,
    ];
  });
  const head = [texts.version, texts.status, texts.node, texts.zone, texts.since, texts.remark].map((text) =>
    say(text),
  );
  return [
    { pairs: [[say(texts.name), isRemoved ? `${name} (${say(texts.removed)})` : name], ...(isScript ? due : address)] },
    "",
    { head, rows },
    ...(waiting?.placement ? ["", ...listRefused(waiting.placement, say).map((line) => `  ${line}`)] : []),
    ...(waiting?.placement && waiting.sealedTo.length > 0 ? [say(texts.sealAgain)] : []),
    { essential: isScript ? (findLastRun(workloads)?.status ?? "") : isPrivate ? (shown?.status ?? "") : url },
    nextStep(["logs", name]),
  ];
}
