import type { Block, CommandResult, Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  nameArg,
  nextStep,
  openNetwork,
  passphraseFileFlag,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Removed = Summary<"remove">;

const texts = {
  removing: { en: "Removing {name}", id: "Menghapus {name}" },
  done: {
    en: "{name} is stopped and no longer answers. Its package stays stored.",
    id: "{name} dihentikan dan tidak lagi menjawab. Paketnya tetap tersimpan.",
  },
  asked: { en: "{name} will stop once the log has the request.", id: "{name} berhenti setelah log menerimanya." },
  next: {
    en: "under that name it brings the address back",
    id: "dengan nama itu mengembalikan alamatnya",
  },
} as const;

/** Stops a deployment. */
export default class RemoveCommand extends BaseCommand<Removed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Stop a deployment with all its versions.", id: "Hentikan deployment beserta semua versinya." },
    examples: [{ command: "remove my-app", text: { en: "Stop it.", id: "Hentikan." } }],
  };
  static override readonly args = {
    name: nameArg({ required: true, text: { en: "Name of the deployment.", id: "Nama deployment." } }),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Removed>> {
    const { args, flags } = await this.parse(RemoveCommand);
    const { name } = args;
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const title = this.ui.say(texts.removing, { name });
    const { isDone } = await this.ui.progress.run(title, () => client.deployments.remove(name, this.signal));
    return { summary: { name, isDone }, details: {}, audit: [{ step: "remove deployment", name, isDone }] };
  }

  protected override view({ name, isDone }: Removed, say: Say): readonly Block[] {
    return [
      say(isDone ? texts.done : texts.asked, { name }),
      { essential: name },
      nextStep(["deploy", "<path>"], say(texts.next)),
    ];
  }
}
