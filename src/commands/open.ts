import { fail } from "../base/index.ts";
import type { Block, CommandResult, Say } from "../ui/index.ts";
import { isInCi } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  deploymentArg,
  deploymentErrors,
  getDeployment,
  nextStep,
  openInBrowser,
  openNetwork,
  passphraseFileFlag,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Opened = Summary<"open">;

const texts = {
  opened: { en: "Opened {url}", id: "{url} dibuka" },
  address: { en: "{url}", id: "{url}" },
} as const;

/** Opens a deployment in the browser. */
export default class OpenCommand extends BaseCommand<Opened> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Open a deployment in the browser.", id: "Buka sebuah deployment di peramban." },
    description: {
      en: "Without a terminal, in CI, or where there is no browser, the address is printed only.",
      id: "Tanpa terminal, di CI, atau bila tidak ada peramban, alamatnya hanya dicetak.",
    },
    examples: [{ command: "open my-app", text: { en: "Its current version.", id: "Versi yang berlaku." } }],
  };
  static override readonly args = {
    name: deploymentArg(),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Opened>> {
    const { args, flags } = await this.parse(OpenCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const { url, fallbackUrl, workloads, current } = await getDeployment(client, args.name, this.signal);
    const shown = workloads.find(({ workload }) => workload === current) ?? workloads[0];
    if (shown?.visibility === "private" && shown.mode === "service") {
      throw fail(deploymentErrors.deploymentPrivate, { name: args.name });
    }
    if (shown?.mode === "batch") throw fail(deploymentErrors.execScript, { name: args.name });
    const { terminal } = this.ui;
    const mayOpen = terminal.isOutputTty && !this.ui.isJson && !isInCi(terminal.env);
    const isOpened = mayOpen && (await openInBrowser(url, terminal.env));
    return { summary: { name: args.name, url, fallbackUrl, isOpened }, details: {}, audit: [{ step: "open", url }] };
  }

  protected override view({ name, url, isOpened }: Opened, say: Say): readonly Block[] {
    return [say(isOpened ? texts.opened : texts.address, { url }), { essential: url }, nextStep(["logs", name, "-f"])];
  }
}
