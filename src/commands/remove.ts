import type { Block, CommandResult, Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  cancelEach,
  deploymentArg,
  findPreviews,
  nextStep,
  type OpenNetwork,
  openNetwork,
  parseSiteName,
  passphraseFileFlag,
  textFlag,
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
  removingPreview: { en: "Removing the preview {preview} of {name}", id: "Menghapus pratinjau {preview} dari {name}" },
  donePreview: {
    en: "The preview {preview} of {name} no longer answers; {name} goes on.",
    id: "Pratinjau {preview} dari {name} tidak lagi menjawab; {name} tetap berjalan.",
  },
  noPreview: {
    en: "{name} has no preview {preview} that runs.",
    id: "{name} tidak punya pratinjau {preview} yang berjalan.",
  },
  next: {
    en: "under that name it brings the address back",
    id: "dengan nama itu mengembalikan alamatnya",
  },
} as const;

/** Stops a deployment. */
export default class RemoveCommand extends BaseCommand<Removed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Stop a deployment with all its versions.", id: "Hentikan deployment beserta semua versinya." },
    examples: [
      { command: "remove my-app", text: { en: "Stop it.", id: "Hentikan." } },
      {
        command: "remove my-app --preview draft",
        text: { en: "End one preview only.", id: "Akhiri satu pratinjau saja." },
      },
    ],
  };
  static override readonly args = {
    name: deploymentArg(),
  };
  static override readonly flags = {
    preview: textFlag({
      text: {
        en: "End only the preview of this name; nothing when it is over already.",
        id: "Akhiri hanya pratinjau bernama ini; tidak melakukan apa-apa bila sudah berakhir.",
      },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Removed>> {
    const { args, flags } = await this.parse(RemoveCommand);
    const { name } = args;
    const preview = flags.preview === undefined ? null : parseSiteName("--preview", flags.preview);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    if (preview !== null) return this.#endPreview(client, name, preview);
    const title = this.ui.say(texts.removing, { name });
    const { isDone } = await this.ui.progress.run(title, () => client.deployments.remove(name, this.signal));
    const summary = { name, preview: null, versions: [], isDone };
    return { summary, details: {}, audit: [{ step: "remove deployment", name, isDone }] };
  }

  async #endPreview(client: OpenNetwork["client"], name: string, preview: string): Promise<CommandResult<Removed>> {
    const { workloads } = await client.deployments.get(name, this.signal);
    const going = findPreviews(workloads, preview);
    const end = () => cancelEach(client, going, this.signal);
    const title = this.ui.say(texts.removingPreview, { name, preview });
    const { ended, isDone } = going.length === 0 ? { ended: [], isDone: true } : await this.ui.progress.run(title, end);
    const versions = ended.map(({ number }) => number);
    return {
      summary: { name, preview, versions, isDone },
      details: {},
      audit: ended.map(({ workload, number }) => ({ step: "end preview", version: number, workload })),
    };
  }

  protected override view({ name, preview, versions, isDone }: Removed, say: Say): readonly Block[] {
    if (preview !== null) {
      const line = versions.length === 0 ? texts.noPreview : isDone ? texts.donePreview : texts.asked;
      return [say(line, { name, preview }), { essential: name }, nextStep(["versions", name])];
    }
    return [
      say(isDone ? texts.done : texts.asked, { name }),
      { essential: name },
      nextStep(["deploy", "<path>"], say(texts.next)),
    ];
  }
}
