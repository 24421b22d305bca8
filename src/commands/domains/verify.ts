import { fail } from "../../base/index.ts";
import { type Block, type CommandResult, formatDuration, type Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  deploymentArg,
  deploymentErrors,
  durationFlag,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  textArg,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Verified = Summary<"domains verify">;

const texts = {
  waiting: { en: "Waiting until validators find {record}", id: "Menunggu validator menemukan {record}" },
  done: {
    en: "{domain} leads to {name}; verified after {time}.",
    id: "{domain} mengarah ke {name}; terverifikasi setelah {time}.",
  },
  answered: { en: "The ingress answers it with status {status}.", id: "Ingress menjawabnya dengan status {status}." },
  refused: {
    en: "The ingress does not answer it yet: {refusal}.",
    id: "Ingress belum menjawabnya: {refusal}.",
  },
} as const;

const WITHIN_MS = 120_000;
const PAUSE_MS = 250;

/** Waits until validators have found the record of a host name. */
export default class DomainsVerifyCommand extends BaseCommand<Verified> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Have the record of a host name looked up now, and wait for it.",
      id: "Minta rekaman nama host dicari sekarang, dan tunggu hasilnya.",
    },
    examples: [
      { command: "domains verify my-app shop.example.org", text: { en: "Two minutes.", id: "Dua menit." } },
      { command: "domains verify my-app shop.example.org --within 1h", text: { en: "Longer.", id: "Lebih lama." } },
    ],
  };
  static override readonly args = {
    name: deploymentArg(),
    domain: textArg({ required: true, text: { en: "The host name.", id: "Nama host." } }),
  };
  static override readonly flags = {
    within: durationFlag({
      text: { en: "How long to wait; two minutes unless said.", id: "Lama menunggu; dua menit bila tak disebut." },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Verified>> {
    const { args, flags } = await this.parse(DomainsVerifyCommand);
    const { name } = args;
    const { ui, clock } = this.context;
    const { client, ingressUrl } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { domain, record } = await client.domains.find(name, args.domain, this.signal);
    const startMs = clock.monotonicMs();
    const endMs = startMs + (flags.within ?? WITHIN_MS);
    const waiting = ui.say(texts.waiting, { record: record.name });
    await ui.progress.run(waiting, async () => {
      // Asking again has it looked up at once; what is verified stays as it is.
      await client.domains.add(name, domain, this.signal);
      while (!(await client.domains.find(name, domain, this.signal)).isVerified) {
        if (clock.monotonicMs() >= endMs) {
          throw fail(deploymentErrors.domainNotVerified, { name, domain, record: record.name, value: record.value });
        }
        await clock.sleep(PAUSE_MS, this.signal);
      }
    });
    const { probeSite } = await import("../../client/index.ts");
    const { status, refusal = null } = await probeSite(
      ingressUrl,
      { url: `http://${domain}/` },
      { signal: this.signal },
    );
    const tookMs = Math.round(clock.monotonicMs() - startMs);
    const summary = { name, domain, isVerified: true, record, answer: { status, refusal }, tookMs };
    return { summary, details: {}, audit: [{ step: "verify domain", domain }] };
  }

  protected override view({ name, domain, answer, tookMs }: Verified, say: Say): readonly Block[] {
    const { status, refusal } = answer;
    const seen = refusal === null ? say(texts.answered, { status }) : say(texts.refused, { refusal });
    return [
      say(texts.done, { domain, name, time: formatDuration(tookMs) }),
      seen,
      { essential: domain },
      nextStep(["open", name]),
    ];
  }
}
