import {
  baseErrors,
  createHttpClient,
  DsdnError,
  isError,
  probeWay,
  renderError,
  type WayReport,
} from "../../../base/index.ts";
import { formatDuration, formatTime } from "../../../ui/index.ts";
import type { CommandContext } from "../base-command.ts";
import { homeFolder } from "../home.ts";
import type { Check, Finding } from "./check.ts";

/** What is known of one ingress before it is asked. */
export interface KnownWay {
  readonly url: string;
  readonly networkId: string | null;
  readonly token: string | undefined;
  readonly ca: string | undefined;
}

/** A certificate that ends sooner should be renewed by now. */
const RENEW_MS = 14 * 24 * 3_600_000;
/** The log moves at least every few seconds on a network that is awake. */
const LAG_MS = 60_000;
const ASK_MS = 10_000;

const texts = {
  name: { en: "{addresses}, found in {took}", id: "{addresses}, ditemukan dalam {took}" },
  noName: { en: "{host} leads nowhere ({fault})", id: "{host} tidak mengarah ke mana pun ({fault})" },
  checkName: {
    en: "Check the spelling, and whether this machine is online.",
    id: "Periksa ejaannya, dan apakah mesin ini daring.",
  },
  connection: { en: "{address} answers in {took}", id: "{address} menjawab dalam {took}" },
  noConnection: { en: "{address} does not answer ({fault})", id: "{address} tidak menjawab ({fault})" },
  checkPort: {
    en: "Is the ingress running, and does a firewall let this port through?",
    id: "Apakah ingress berjalan, dan apakah firewall meloloskan port ini?",
  },
  tls: {
    en: "{protocol}, certificate by {issuer} until {day}",
    id: "{protocol}, sertifikat dari {issuer} sampai {day}",
  },
  plain: { en: "none: http on the way to {host}", id: "tidak ada: http menuju {host}" },
  badTls: { en: "its certificate does not count ({fault})", id: "sertifikatnya tidak sah ({fault})" },
  giveCa: {
    en: "A network with an authority of its own is added with --ca-file.",
    id: "Jaringan dengan otoritas sertifikat sendiri ditambahkan dengan --ca-file.",
  },
  renewSoon: { en: "its certificate ends {day}", id: "sertifikatnya berakhir {day}" },
  askOperator: { en: "Tell whoever runs the ingress.", id: "Beri tahu pengelola ingress." },
  answers: { en: "answers in {took}", id: "menjawab dalam {took}" },
  same: { en: "{name}, {network}: the one you added", id: "{name}, {network}: sama dengan yang Anda tambahkan" },
  unpinned: {
    en: "{name}, {network}; it is held to that id from its first use on",
    id: "{name}, {network}; terikat pada id itu sejak pemakaian pertama",
  },
  other: { en: "it serves {network}, not {expected}", id: "ia melayani {network}, bukan {expected}" },
  notSent: {
    en: "Commands refuse it. Ask whoever runs the network before you do anything else.",
    id: "Perintah akan menolaknya. Tanyakan pengelola jaringan sebelum berbuat apa pun.",
  },
  version: { en: "API v1, stage {stage}", id: "API v1, tahap {stage}" },
  tokenTaken: { en: "yours is accepted", id: "token Anda diterima" },
  tokenRefused: { en: "yours is refused", id: "token Anda ditolak" },
  tokenMissing: { en: "it asks for one to write", id: "diperlukan untuk menulis" },
  giveToken: {
    en: "Name its file: `dsdn network add ... --token-file <path>`, or DSDN_TOKEN_FILE.",
    id: "Sebutkan berkasnya: `dsdn network add ... --token-file <path>`, atau DSDN_TOKEN_FILE.",
  },
  tokenFree: { en: "none is needed", id: "tidak diperlukan" },
  log: { en: "height {height}, {lag} behind", id: "ketinggian {height}, tertinggal {lag}" },
  logLost: { en: "the ingress lost it at height {height}", id: "terputus dari ingress di ketinggian {height}" },
} as const;

/**
 * What must hold on the way to one ingress: name, connection, TLS, answer, the network it serves, version, token, log.
 * What comes after a step that failed is left out.
 */
export async function wayChecks(context: CommandContext, way: KnownWay): Promise<readonly Check[]> {
  const report = await probeWay(way.url, { ca: way.ca }, context);
  const known = [checkName(report, way, context), checkConnection(report, context), checkTls(report, way, context)];
  const steps = known.filter((check) => check !== undefined);
  const isThrough = report.connection?.fault === null && (report.tls?.fault ?? null) === null;
  return isThrough ? [...steps, ...(await serverChecks(context, way))] : steps;
}

const found = (id: string, title: Check["title"], finding: Finding): Check => ({ id, title, run: async () => finding });

function checkName({ name }: WayReport, { url }: KnownWay, { ui: { say } }: CommandContext): Check {
  const title = { en: "Name", id: "Nama" };
  if (name.fault !== null) {
    const text = say(texts.noName, { host: new URL(url).hostname, fault: name.fault });
    return found("dns", title, { status: "bad", text, hint: say(texts.checkName) });
  }
  const addresses = name.addresses.slice(0, 4).join(", ");
  return found("dns", title, {
    status: "good",
    text: say(texts.name, { addresses, took: formatDuration(name.tookMs) }),
  });
}

function checkConnection({ connection }: WayReport, { ui: { say } }: CommandContext): Check | undefined {
  const title = { en: "Connection", id: "Sambungan" };
  if (connection === undefined) return undefined;
  const { address, fault, tookMs } = connection;
  if (fault !== null) {
    return found("tcp", title, {
      status: "bad",
      text: say(texts.noConnection, { address, fault }),
      hint: say(texts.checkPort),
    });
  }
  return found("tcp", title, {
    status: "good",
    text: say(texts.connection, { address, took: formatDuration(tookMs) }),
  });
}

function checkTls({ connection, tls }: WayReport, { url }: KnownWay, context: CommandContext): Check | undefined {
  const { say } = context.ui;
  const title = { en: "TLS", id: "TLS" };
  if (connection === undefined || connection.fault !== null) return undefined;
  if (tls === undefined) {
    return found("tls", title, { status: "remark", text: say(texts.plain, { host: new URL(url).hostname }) });
  }
  const { fault, protocol, issuer, validToMs } = tls;
  if (fault !== null) {
    return found("tls", title, { status: "bad", text: say(texts.badTls, { fault }), hint: say(texts.giveCa) });
  }
  const day = formatTime(validToMs);
  return validToMs - context.clock.nowMs() < RENEW_MS
    ? found("tls", title, { status: "remark", text: say(texts.renewSoon, { day }), hint: say(texts.askOperator) })
    : found("tls", title, { status: "good", text: say(texts.tls, { protocol, issuer, day }) });
}

async function serverChecks(context: CommandContext, way: KnownWay): Promise<readonly Check[]> {
  const { ui, signal, clock } = context;
  const { say } = ui;
  const { connect } = await import("../../../client/index.ts");
  const client = connect({ ingressUrl: way.url, ca: way.ca, profileFolder: homeFolder(ui.terminal) });
  const title = { en: "Answer", id: "Jawaban" };
  try {
    const facts = await client.network(signal);
    const startMs = clock.monotonicMs();
    const status = await client.status(signal);
    const took = formatDuration(Math.round(clock.monotonicMs() - startMs));
    return [
      found("answer", title, { status: "good", text: say(texts.answers, { took }) }),
      checkIdentity(facts, way, context),
      found("version", { en: "Version", id: "Versi" }, { status: "good", text: say(texts.version, facts) }),
      // A server that is not the network's own gets no token.
      ...(way.networkId === null || way.networkId === facts.network ? [await checkToken(context, way)] : []),
      checkLog(status, context),
    ];
  } catch (error) {
    if (signal.aborted || !(error instanceof DsdnError)) throw error;
    const { message, hint } = renderError(error, ui.language);
    return [found("answer", title, { status: "bad", text: message, hint })];
  }
}

function checkIdentity(
  { name, network }: { name: string; network: string },
  { networkId }: KnownWay,
  { ui: { say } }: CommandContext,
): Check {
  const title = { en: "Network", id: "Jaringan" };
  if (networkId === null) {
    return found("identity", title, { status: "remark", text: say(texts.unpinned, { name, network }) });
  }
  if (networkId === network) {
    return found("identity", title, { status: "good", text: say(texts.same, { name, network }) });
  }
  const text = say(texts.other, { network, expected: networkId });
  return found("identity", title, { status: "bad", text, hint: say(texts.notSent) });
}

/** Asks a question that changes nothing and still needs the token where there is one. */
async function checkToken(
  { ui: { say, language }, signal }: CommandContext,
  { url, token, ca }: KnownWay,
): Promise<Check> {
  const title = { en: "Token", id: "Token" };
  const client = (bearer: string | undefined) =>
    createHttpClient({
      name: "Ingress",
      url,
      ...(bearer === undefined ? {} : { token: bearer }),
      ...(ca === undefined ? {} : { ca }),
    });
  const findRefusal = async (bearer: string | undefined): Promise<DsdnError | undefined> => {
    try {
      const call = { method: "POST", json: { chunks: [] }, timeoutMs: ASK_MS, signal } as const;
      await client(bearer).json("/v1/chunks/find", call);
      return undefined;
    } catch (error) {
      const isRefused = error instanceof DsdnError && [401, 403].includes(error.spec.httpStatus);
      if (isRefused) return error;
      throw error;
    }
  };
  const without = await findRefusal(undefined);
  if (without === undefined) return found("token", title, { status: "good", text: say(texts.tokenFree) });
  const refusal = token === undefined ? without : await findRefusal(token);
  if (refusal === undefined) return found("token", title, { status: "good", text: say(texts.tokenTaken) });
  if (!isError(refusal, baseErrors.requestRefused)) {
    // It wants more than a token: it says itself what.
    const { message, hint } = renderError(refusal, language);
    return found("token", title, { status: "bad", text: message, hint });
  }
  const text = say(token === undefined ? texts.tokenMissing : texts.tokenRefused);
  return found("token", title, { status: "bad", text, hint: say(texts.giveToken) });
}

function checkLog(
  { height, dataAvailability }: { height: number; dataAvailability: { isConnected: boolean; lagMs: number } },
  { ui: { say } }: CommandContext,
): Check {
  const title = { en: "Log", id: "Log" };
  if (!dataAvailability.isConnected) {
    return found("log", title, { status: "bad", text: say(texts.logLost, { height }), hint: say(texts.askOperator) });
  }
  const { lagMs } = dataAvailability;
  const text = say(texts.log, { height, lag: formatDuration(Math.round(lagMs)) });
  return found("log", title, { status: lagMs > LAG_MS ? "remark" : "good", text });
}
