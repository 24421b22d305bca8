import { DESIGN_PRICES, storagePrice } from "../client/index.ts";
import { type Block, type CommandResult, formatBytes, type Say } from "../ui/index.ts";
import { BaseCommand, type CommandTexts, nextStep, openNetwork, passphraseFileFlag } from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Usage = Summary<"usage">;

const texts = {
  kept: { en: "You keep {used} of {quota}.", id: "Anda menyimpan {used} dari {quota}." },
  objects: { en: "Objects", id: "Objek" },
  deployments: { en: "Deployments", id: "Deployment" },
  running: { en: "{running} of {total} running", id: "{running} dari {total} berjalan" },
  versions: { en: "Versions and runs", id: "Versi dan run" },
  price: { en: "Storage a month", id: "Penyimpanan sebulan" },
  amount: { en: "{usd} USD ({nusa} NUSA)", id: "{usd} USD ({nusa} NUSA)" },
  rate: {
    en: "At {rate} USD a NUSA, an assumed rate; price and rate may vary. Requests and bandwidth are not counted yet.",
    id: "Dengan {rate} USD per NUSA, kurs andaian; harga dan kurs dapat berubah. Permintaan dan lalu lintas belum dihitung.",
  },
} as const;

/** Shows what an account uses. */
export default class UsageCommand extends BaseCommand<Usage> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Show what you keep and run, and what keeping it costs.",
      id: "Tampilkan yang Anda simpan dan jalankan, serta biayanya.",
    },
    examples: [{ command: "usage", text: { en: "Of your account.", id: "Untuk akun Anda." } }],
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Usage>> {
    const { flags } = await this.parse(UsageCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { owner, usedBytes, quotaBytes } = await client.quota(this.signal);
    const objects = (await client.storage.list(this.signal)).length;
    const deployments = (await client.deployments.list(this.signal)).filter(({ isRemoved }) => !isRemoved);
    const running = deployments.filter(({ workloads }) => workloads.some(({ status }) => status === "running"));
    const summary = {
      owner,
      usedBytes,
      quotaBytes,
      objects,
      deployments: { running: running.length, total: deployments.length },
      versions: deployments.reduce((sum, { workloads }) => sum + workloads.length, 0),
      storagePerMonth: storagePrice(usedBytes),
      usdPerNusa: DESIGN_PRICES.usdPerNusa,
      mayVary: true as const,
    };
    return { summary, details: {}, audit: [{ step: "read usage", owner }] };
  }

  protected override view(summary: Usage, say: Say): readonly Block[] {
    const { usedBytes, quotaBytes, objects, deployments, versions, storagePerMonth, usdPerNusa } = summary;
    const { usd, nusa } = storagePerMonth;
    return [
      say(texts.kept, { used: formatBytes(usedBytes), quota: formatBytes(quotaBytes) }),
      {
        pairs: [
          [say(texts.objects), String(objects)],
          [say(texts.deployments), say(texts.running, deployments)],
          [say(texts.versions), String(versions)],
          [say(texts.price), say(texts.amount, { usd: usd.toFixed(6), nusa: nusa.toFixed(4) })],
        ],
      },
      say(texts.rate, { rate: usdPerNusa }),
      { essential: String(usedBytes) },
      nextStep(["estimate", "<path>"]),
    ];
  }
}
