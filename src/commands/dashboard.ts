import { DsdnError, renderError } from "../base/index.ts";
import type { Client } from "../client/index.ts";
import { type Block, type CommandResult, isInCi, type Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  devnetFolderFlag,
  nextStep,
  openAccountAccess,
  openDevnet,
  openInBrowser,
  openNetwork,
  passphraseFileFlag,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Opened = Summary<"dashboard">;

const texts = {
  opened: { en: "The dashboard is open in your browser.", id: "Dasbor terbuka di peramban Anda." },
  address: { en: "The dashboard of {network}:", id: "Dasbor {network}:" },
  once: {
    en: "This address can break parts of the devnet: it works once, within five minutes. Run `dsdn dashboard` again for another.",
    id: "Alamat ini dapat merusak bagian devnet: berlaku sekali, dalam lima menit. Jalankan `dsdn dashboard` lagi untuk yang baru.",
  },
  heal: { en: "ends every fault that was played", id: "mengakhiri semua gangguan yang dimainkan" },
  verify: { en: "replays the log and believes nobody", id: "memutar ulang log tanpa memercayai siapa pun" },
  closedLogs: {
    en: "The page cannot show the logs of your deployments: {reason}",
    id: "Halaman ini tidak dapat menampilkan log deployment Anda: {reason}",
  },
} as const;

/** So long the page may read the logs of this account's deployments. */
const LOGS_MS = 12 * 3_600_000;

/** Opens the network's dashboard in the browser. */
export default class DashboardCommand extends BaseCommand<Opened> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Open the network's dashboard in the browser.", id: "Buka dasbor jaringan di peramban." },
    description: {
      en: "Nodes by zone, objects, deployments, the log as it grows, and whether all roles have the same state. On a devnet it also shows the logs of your deployments and breaks roles on purpose. Without a terminal, in CI, or where there is no browser, the address is printed only.",
      id: "Node menurut zona, objek, deployment, log yang terus bertambah, dan apakah semua peran punya keadaan yang sama. Di devnet, dasbor juga menampilkan log deployment Anda dan dapat merusak peran dengan sengaja. Tanpa terminal, di CI, atau bila tidak ada peramban, alamatnya hanya dicetak.",
    },
    examples: [
      { command: "dashboard", text: { en: "Of the network in use.", id: "Milik jaringan yang dipakai." } },
      { command: "dashboard --network pilot", text: { en: "Of another one.", id: "Milik jaringan lain." } },
    ],
  };
  static override readonly flags = { data: devnetFolderFlag, "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Opened>> {
    const { flags } = await this.parse(DashboardCommand);
    const options = { data: flags.data, passphraseFile: flags["passphrase-file"] };
    const { client, name, ingressUrl, isDevnet } = await openNetwork(this.context, options);
    const logPass = isDevnet ? await this.#findLogPass(client, options.passphraseFile) : undefined;
    const url = isDevnet
      ? await (await openDevnet(this.context, flags.data)).dashboardUrl(logPass)
      : new URL("/dashboard", ingressUrl).href;
    const { terminal } = this.ui;
    const mayOpen = terminal.isOutputTty && !this.ui.isJson && !isInCi(terminal.env);
    const isOpened = mayOpen && (await openInBrowser(url, terminal.env));
    return {
      summary: { network: name, url, isDevnet, showsLogs: logPass !== undefined, isOpened },
      details: {},
      audit: [{ step: "open dashboard", ingress: ingressUrl }],
    };
  }

  /** Whoever has no account has no deployments; a key that asks for its passphrase is not woken for a look. */
  async #findLogPass(client: Client, passphraseFile: string | undefined): Promise<string | undefined> {
    try {
      const status = await openAccountAccess(this.context, { passphraseFile }).keeper.findStatus();
      const isAsking = status?.store === "file" && passphraseFile === undefined;
      return status === undefined || isAsking ? undefined : await client.logPass(LOGS_MS, this.signal);
    } catch (error) {
      if (!(error instanceof DsdnError)) throw error;
      const { message: reason } = renderError(error, this.ui.language);
      this.ui.remark(this.ui.say(texts.closedLogs, { reason }));
      return undefined;
    }
  }

  protected override view({ network, url, isDevnet, isOpened }: Opened, say: Say): readonly Block[] {
    const head = say(isOpened ? texts.opened : texts.address, { network });
    const next = isDevnet
      ? [say(texts.once), nextStep(["dev", "heal"], say(texts.heal))]
      : [nextStep(["verify", "state"], say(texts.verify))];
    return [head, url, ...next, { essential: url }];
  }
}
