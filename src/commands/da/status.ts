import { silentLogger } from "../../base/index.ts";
import type { LogReport } from "../../client/index.ts";
import { type Block, type CommandResult, formatDuration, formatTime, type Say } from "../../ui/index.ts";
import { BaseCommand, type CommandTexts, devnetFolderFlag, findLogSubject, nextStep } from "../framework/index.ts";

const texts = {
  asking: { en: "Asking the data-availability node", id: "Menanyai node ketersediaan data" },
  ready: {
    en: "The data-availability node is in step with its chain and takes postings.",
    id: "Node ketersediaan data selaras dengan rantainya dan menerima kiriman.",
  },
  reads: {
    en: "The data-availability node can be read. It takes no postings from here ({code}).",
    id: "Node ketersediaan data dapat dibaca. Kiriman dari sini tidak diterima ({code}).",
  },
  node: { en: "Node", id: "Node" },
  chain: { en: "Chain", id: "Rantai" },
  namespace: { en: "Namespace", id: "Namespace" },
  head: { en: "Newest block", id: "Blok terbaru" },
  headFacts: { en: "{height}, {time}, {age} ago", id: "{height}, {time}, {age} lalu" },
  latency: { en: "Latency", id: "Latensi" },
  slow: { en: "{latency}: slower than 30 s", id: "{latency}: lebih lambat dari 30 s" },
  account: { en: "Account", id: "Akun" },
  balance: { en: "Balance", id: "Saldo" },
} as const;

/** From here on the network warns of its data-availability layer. */
const SLOW_MS = 30_000;

/** Checks the data-availability node. */
export default class DaStatusCommand extends BaseCommand<LogReport> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Check the data-availability node: chain, namespace, sync, account.",
      id: "Periksa node ketersediaan data: rantai, namespace, sinkronisasi, akun.",
    },
    description: {
      en: "Asks the node of DA_RPC_URL (token: DA_AUTH_TOKEN or the file DA_AUTH_TOKEN_FILE; log: DA_NAMESPACE and DA_NETWORK), or the devnet's. Nothing is posted.",
      id: "Menanyai node DA_RPC_URL (token: DA_AUTH_TOKEN atau berkas DA_AUTH_TOKEN_FILE; log: DA_NAMESPACE dan DA_NETWORK), atau milik devnet. Tidak ada yang dikirim.",
    },
    examples: [{ command: "da status", text: { en: "Check it.", id: "Periksa." } }],
  };
  static override readonly flags = { data: devnetFolderFlag };

  async run(): Promise<CommandResult<LogReport>> {
    const { flags } = await this.parse(DaStatusCommand);
    const subject = await findLogSubject(this.context, flags.data);
    const { reportLog } = await import("../../client/index.ts");
    const deps = { clock: this.clock, log: silentLogger() };
    const title = this.ui.say(texts.asking);
    const report = await this.ui.progress.run(title, () => reportLog(subject, deps, this.signal));
    const { writeFault, headHeight } = report;
    return {
      summary: report,
      details: {},
      audit: [
        { step: "check chain and sync", chainId: report.chainId, headHeight },
        { step: "check posting", writeFault: writeFault ?? null },
      ],
    };
  }

  protected override view(report: LogReport, say: Say): readonly Block[] {
    const { writeFault, account, headHeight: height, headTimeMs, headAgeMs, latencyMs } = report;
    const latency = formatDuration(latencyMs);
    const funds =
      account === undefined
        ? []
        : ([
            [say(texts.account), account.address],
            [say(texts.balance), `${account.balanceTia} TIA`],
          ] as const);
    return [
      writeFault === undefined ? say(texts.ready) : say(texts.reads, { code: writeFault }),
      {
        pairs: [
          [say(texts.node), report.node],
          [say(texts.chain), report.chainId],
          [say(texts.namespace), report.namespaceText],
          [
            say(texts.head),
            say(texts.headFacts, { height, time: formatTime(headTimeMs), age: formatDuration(headAgeMs) }),
          ],
          [say(texts.latency), latencyMs > SLOW_MS ? say(texts.slow, { latency }) : latency],
          ...funds,
        ],
      },
      { essential: String(height) },
      nextStep(["da", "cost"]),
    ];
  }
}
