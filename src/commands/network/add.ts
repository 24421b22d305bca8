import { resolve } from "node:path";
import { baseErrors, fail, systemDisk } from "../../base/index.ts";
import { readCaFile } from "../../profile/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  configLimits,
  DEVNET,
  findOrigin,
  isExposedWay,
  isNetworkId,
  isNetworkName,
  isThereAlone,
  type KnownNetwork,
  NAME_RULE,
  updateConfig,
} from "../framework/config/index.ts";
import { networkErrors } from "../framework/destination/network-errors.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  homeFolder,
  nextStep,
  pathFlag,
  switchFlag,
  textArg,
  textFlag,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Added = Summary<"network add">;

const texts = {
  asked: {
    en: "{name} is the network {network}; any other that answers under this name is refused.",
    id: "{name} adalah jaringan {network}; jaringan lain yang menjawab dengan nama ini ditolak.",
  },
  given: {
    en: "{name} is kept and was not asked; only the network {network} is accepted under this name.",
    id: "{name} disimpan tanpa ditanya; hanya jaringan {network} yang diterima dengan nama ini.",
  },
  open: {
    en: "{name} is kept and was not asked; it is held to what it answers at its first use.",
    id: "{name} disimpan tanpa ditanya; ia terikat pada jawabannya saat pertama dipakai.",
  },
  asking: { en: "Asking {url}", id: "Menanyai {url}" },
} as const;

/** Adds a network under a name of the user's. */
export default class NetworkAddCommand extends BaseCommand<Added> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Add a network under a name of yours.", id: "Tambahkan jaringan dengan nama pilihan Anda." },
    description: {
      en: "Asks each --ingress once which network it serves and keeps the answer: a later answer that differs is refused. A token is never copied; only where its file lies is kept.",
      id: "Menanyai tiap --ingress sekali jaringan mana yang dilayaninya lalu menyimpan jawabannya: jawaban lain di kemudian hari ditolak. Token tidak pernah disalin; yang disimpan hanya letak berkasnya.",
    },
    examples: [
      {
        command: "network add staging --ingress https://ingress.example.org",
        text: { en: "One ingress.", id: "Satu ingress." },
      },
      {
        command: "network add prod --ingress https://a.example.org --ingress https://b.example.org",
        text: {
          en: "Two; the second is asked when the first does not answer.",
          id: "Dua; yang kedua ditanya bila yang pertama tidak menjawab.",
        },
      },
    ],
  };
  static override readonly args = {
    name: textArg({ required: true, text: { en: "Your name for it.", id: "Nama dari Anda." } }),
  };
  static override readonly flags = {
    "token-file": pathFlag({
      text: {
        en: "File that holds the token; yours alone to read.",
        id: "Berkas berisi token; hanya Anda yang boleh membacanya.",
      },
    }),
    "session-file": pathFlag({
      text: {
        en: "File of a session to act with there, in place of your account.",
        id: "Berkas sesi untuk bertindak di sana, menggantikan akun Anda.",
      },
    }),
    "ca-file": pathFlag({
      text: {
        en: "PEM file of the only authorities to trust.",
        id: "Berkas PEM otoritas satu-satunya yang dipercaya.",
      },
    }),
    "network-id": textFlag({
      text: { en: "The id it must have, 64 hex digits.", id: "Id yang wajib dimilikinya, 64 digit heksadesimal." },
    }),
    insecure: switchFlag({ text: { en: "Allow http to another machine.", id: "Izinkan http ke mesin lain." } }),
    "no-check": switchFlag({
      text: { en: "Do not ask it now.", id: "Jangan tanyai sekarang." },
    }),
  };

  async run(): Promise<CommandResult<Added>> {
    const { args, flags } = await this.parse(NetworkAddCommand);
    const { name } = args;
    if (!isNetworkName(name)) refuse("<name>", name, NAME_RULE);
    const { networks } = this.context.config.get();
    if (name === DEVNET || networks.has(name)) throw fail(networkErrors.networkTaken, { network: name });
    const given = flags["network-id"]?.toLowerCase();
    if (given !== undefined && !isNetworkId(given)) refuse("--network-id", given, "0-9 a-f: 64");
    const wish: KnownNetwork = {
      ingresses: this.#origins(flags.insecure === true),
      networkId: given ?? null,
      tokenFile: await this.#secretFile(flags["token-file"]),
      sessionFile: await this.#secretFile(flags["session-file"]),
      caFile: this.#absolute(flags["ca-file"]),
      isInsecure: flags.insecure === true,
    };
    const ca = wish.caFile === null ? undefined : await readCaFile(wish.caFile);
    const isChecked = flags["no-check"] !== true;
    const known = isChecked ? { ...wish, networkId: await this.#ask(wish, ca) } : wish;
    await updateConfig(this.ui.terminal, this.context, (config) => {
      if (config.networks.has(name)) throw fail(networkErrors.networkTaken, { network: name });
      if (config.networks.size >= configLimits.networks) {
        throw fail(networkErrors.tooManyNetworks, { limit: configLimits.networks });
      }
      return { ...config, networks: new Map(config.networks).set(name, known) };
    });
    const asked = isChecked ? known.ingresses.map((url) => ({ step: "ask which network it serves", url })) : [];
    return { summary: { name, ...known, isChecked }, details: {}, audit: [...asked, { step: "keep", name }] };
  }

  protected override view({ name, networkId, isChecked }: Added, say: Say): readonly Block[] {
    const facts = { name, network: networkId ?? "" };
    const done = isChecked
      ? say(texts.asked, facts)
      : networkId === null
        ? say(texts.open, facts)
        : say(texts.given, facts);
    return [done, { essential: name }, nextStep(["network", "use", name])];
  }

  #origins(isInsecure: boolean): readonly string[] {
    const given = this.globals.ingresses;
    if (given.length === 0) {
      throw fail(commandErrors.argumentMissing, { command: "network add", argument: "--ingress <url>" });
    }
    const origins = given.map((url) => findOrigin(url) ?? refuse("--ingress", url, "https://host[:port]"));
    for (const url of isInsecure ? [] : origins) {
      if (isExposedWay(url)) throw fail(networkErrors.networkInsecure, { url });
    }
    const once = [...new Set(origins)];
    return once.length <= configLimits.ingresses
      ? once
      : refuse("--ingress", String(once.length), `1 .. ${configLimits.ingresses}`);
  }

  #absolute(path: string | undefined): string | null {
    return path === undefined ? null : resolve(this.ui.terminal.folder, path);
  }

  async #secretFile(given: string | undefined): Promise<string | null> {
    const path = this.#absolute(given);
    if (path !== null && !(await isThereAlone(path))) throw fail(baseErrors.fileMissing, { path });
    return path;
  }

  /** The network all the ingresses serve; none of them gets a token for it. */
  async #ask({ ingresses, networkId }: KnownNetwork, ca: string | undefined): Promise<string | null> {
    const { connect } = await import("../../client/index.ts");
    const profileFolder = homeFolder(this.ui.terminal);
    let expected = networkId;
    for (const ingressUrl of ingresses) {
      const client = connect({ ingressUrl, ca, profileFolder }, { disk: systemDisk(), clock: this.clock });
      const title = this.ui.say(texts.asking, { url: ingressUrl });
      const { network } = await this.ui.progress.run(title, () => client.network(this.signal));
      if (expected !== null && network !== expected) {
        throw fail(networkErrors.networksDisagree, { url: ingressUrl, answered: network, expected });
      }
      expected = network;
    }
    return expected;
  }
}

function refuse(name: string, value: string, expected: string): never {
  throw fail(commandErrors.valueInvalid, { name, value: `'${value.slice(0, 80)}'`, expected });
}
