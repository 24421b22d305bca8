import type { Block, CommandResult, Say } from "../../ui/index.ts";
import { chooseDestination, DEVNET, findProjectNetwork, settingSources } from "../framework/config/index.ts";
import { BaseCommand, type CommandTexts, nextStep } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Listed = Summary<"network list">;

const texts = {
  name: { en: "Name", id: "Nama" },
  ingress: { en: "Ingress", id: "Ingress" },
  id: { en: "Network id", id: "Id jaringan" },
  token: { en: "Token file", id: "Berkas token" },
  local: { en: "the one of this machine", id: "yang di mesin ini" },
  unpinned: { en: "not asked yet", id: "belum ditanya" },
  current: { en: "{name} (in use here)", id: "{name} (dipakai di sini)" },
} as const;

/** Lists the networks the user knows. */
export default class NetworkListCommand extends BaseCommand<Listed> {
  static override readonly texts: CommandTexts = {
    summary: { en: "List the networks you know.", id: "Daftar jaringan yang Anda kenal." },
    examples: [{ command: "network list", text: { en: "All of them.", id: "Semuanya." } }],
  };

  async run(): Promise<CommandResult<Listed>> {
    await this.parse(NetworkListCommand);
    const known = this.context.config.get().networks;
    const project = await findProjectNetwork(this.ui.terminal.folder);
    const { network } = chooseDestination(settingSources(this.context, project));
    const sorted = [...known].sort(([left], [right]) => (left < right ? -1 : 1));
    const networks = sorted.map(([name, entry]) => ({ name, ...entry, ingresses: [...entry.ingresses] }));
    return { summary: { current: network?.name ?? null, networks }, details: {}, audit: [] };
  }

  protected override view({ current, networks }: Listed, say: Say): readonly Block[] {
    const head = [texts.name, texts.ingress, texts.id, texts.token].map((title) => say(title));
    const mark = (name: string) => (name === current ? say(texts.current, { name }) : name);
    const rows = networks.map(({ name, ingresses, networkId, tokenFile }) => [
      mark(name),
      ingresses.join(", "),
      networkId === null ? say(texts.unpinned) : networkId.slice(0, 16),
      tokenFile ?? "-",
    ]);
    const essential = [DEVNET, ...networks.map(({ name }) => name)].join("\n");
    const next =
      networks.length === 0
        ? nextStep(["network", "add", "<name>", "--ingress", "<url>"])
        : nextStep(["network", "use", "<name>"]);
    return [{ head, rows: [[mark(DEVNET), say(texts.local), "-", "-"], ...rows] }, { essential }, next];
  }
}
