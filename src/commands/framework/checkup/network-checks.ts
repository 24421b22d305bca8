import { DsdnError, isError, renderError } from "../../../base/index.ts";
import { formatDuration } from "../../../ui/index.ts";
import type { CommandContext } from "../base-command.ts";
import { openNetwork } from "../destination/network.ts";
import type { Check, Finding } from "./check.ts";

/** Signed requests carry the time; a clock this far off has them refused. */
const SKEW_MS = 2 * 60_000;
/** A log that is this much older than the clock stands still, or the clock is ahead. */
const SILENT_LOG_MS = 15 * 60_000;
/** New data is safe once nodes of two zones have it. */
const DURABLE_ZONES = 2;

const texts = {
  answers: { en: "{name} at {url} answers in {took}", id: "{name} di {url} menjawab dalam {took}" },
  noNetwork: { en: "none is chosen and no devnet runs", id: "belum dipilih, dan tidak ada devnet berjalan" },
  choose: {
    en: "Run `dsdn dev start -d`, or choose one with `dsdn network add` and `dsdn network use`.",
    id: "Jalankan `dsdn dev start -d`, atau pilih satu dengan `dsdn network add` dan `dsdn network use`.",
  },
  height: { en: "height {height}", id: "ketinggian {height}" },
  logLost: {
    en: "the ingress lost it at height {height}: writes wait",
    id: "terputus dari ingress di ketinggian {height}: tulisan menunggu",
  },
  waitForLog: {
    en: "Nothing is lost; `dsdn status` shows when it is back.",
    id: "Tidak ada yang hilang; `dsdn status` menunjukkan bila sudah kembali.",
  },
  nodes: { en: "{active} of {total} active in {zones} zones", id: "{active} dari {total} aktif di {zones} zona" },
  fewZones: {
    en: "New data needs nodes in two zones; wait, or on a devnet run `dsdn dev heal`.",
    id: "Data baru memerlukan node di dua zona; tunggu, atau jalankan `dsdn dev heal` pada devnet.",
  },
  ownClock: { en: "the devnet keeps its own", id: "devnet punya jam sendiri" },
  clockAgrees: { en: "agrees with the log", id: "sesuai dengan log" },
  clockBehind: { en: "is {difference} behind the network", id: "tertinggal {difference} dari jaringan" },
  setClock: {
    en: "Let the system set its clock from the network (NTP).",
    id: "Biarkan sistem menyetel jamnya dari jaringan (NTP).",
  },
  clockAhead: {
    en: "is {difference} ahead of the newest entry of the log",
    id: "{difference} lebih maju dari entri log terbaru",
  },
  logOrClock: {
    en: "Either the log stands still, or this clock is ahead.",
    id: "Log sedang diam, atau jam ini terlalu maju.",
  },
} as const;

type NetworkStatus = Awaited<ReturnType<Awaited<ReturnType<typeof openNetwork>>["client"]["status"]>>;

/**
 * What must hold between this machine and the network it uses, which is asked once. When it cannot be asked, the one
 * check says why and there are no others.
 */
export async function networkChecks(context: CommandContext): Promise<readonly Check[]> {
  const title = { en: "Network", id: "Jaringan" };
  const startMs = context.clock.monotonicMs();
  try {
    const { client, ingressUrl, isDevnet } = await openNetwork(context);
    const [{ name }, status] = await Promise.all([client.network(context.signal), client.status(context.signal)]);
    const took = formatDuration(Math.round(context.clock.monotonicMs() - startMs));
    const text = context.ui.say(texts.answers, { name, url: new URL(ingressUrl).origin, took });
    const reached: Check = { id: "network", title, run: async () => ({ status: "good", text }) };
    return [reached, logCheck(status), nodesCheck(status), clockCheck(status, isDevnet)];
  } catch (error) {
    const finding = await describeUnreached(error, context);
    return [{ id: "network", title, run: async () => finding }];
  }
}

async function describeUnreached(error: unknown, { ui, signal }: CommandContext): Promise<Finding> {
  if (signal.aborted || !(error instanceof DsdnError)) throw error;
  const { devnetErrors } = await import("../../../devnet/index.ts");
  if (isError(error, devnetErrors.notRunning)) {
    return { status: "remark", text: ui.say(texts.noNetwork), hint: ui.say(texts.choose) };
  }
  const { message, hint } = renderError(error, ui.language);
  return { status: "bad", text: message, hint };
}

function logCheck({ dataAvailability, height }: NetworkStatus): Check {
  return {
    id: "log",
    title: { en: "Log", id: "Log" },
    async run({ ui: { say } }) {
      if (dataAvailability.isConnected) return { status: "good", text: say(texts.height, { height }) };
      return { status: "bad", text: say(texts.logLost, { height }), hint: say(texts.waitForLog) };
    },
  };
}

function nodesCheck({ nodes, zones }: NetworkStatus): Check {
  return {
    id: "nodes",
    title: { en: "Nodes", id: "Node" },
    async run({ ui: { say } }) {
      const text = say(texts.nodes, { ...nodes, zones });
      return zones >= DURABLE_ZONES ? { status: "good", text } : { status: "bad", text, hint: say(texts.fewZones) };
    },
  };
}

function clockCheck({ logTimeMs }: NetworkStatus, isDevnet: boolean): Check {
  return {
    id: "clock",
    title: { en: "Clock", id: "Jam" },
    async run({ clock, ui: { say } }) {
      // The clock of a devnet is moved on purpose.
      if (isDevnet) return { status: "good", text: say(texts.ownClock) };
      const aheadMs = clock.nowMs() - logTimeMs;
      const difference = formatDuration(Math.abs(Math.round(aheadMs)));
      if (aheadMs < -SKEW_MS) {
        return { status: "bad", text: say(texts.clockBehind, { difference }), hint: say(texts.setClock) };
      }
      if (aheadMs > SILENT_LOG_MS) {
        return { status: "remark", text: say(texts.clockAhead, { difference }), hint: say(texts.logOrClock) };
      }
      return { status: "good", text: say(texts.clockAgrees) };
    },
  };
}
