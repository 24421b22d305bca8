import { resolve } from "node:path";
import { fail, silentLogger, systemDisk, systemRandom } from "../../base/index.ts";
import type { WrittenNetwork } from "../../roles/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  nameFlag,
  nextStep,
  numberFlag,
  pathArg,
  textFlag,
  urlFlag,
} from "../framework/index.ts";

const texts = {
  written: { en: "Network {network} is planned in {folder}.", id: "Jaringan {network} direncanakan di {folder}." },
  secret: {
    en: "Keys lie open in these folders (0600). Move each to the machine that runs it, over a safe channel.",
    id: "Kunci tersimpan terbuka di folder ini (0600). Pindahkan masing-masing ke mesin yang menjalankannya lewat jalur aman.",
  },
  role: { en: "Role", id: "Peran" },
  address: { en: "Address", id: "Alamat" },
  config: { en: "Settings", id: "Setelan" },
  roleName: { en: "<role>", id: "<peran>" },
  settings: { en: "<settings>", id: "<setelan>" },
  next: {
    en: "in this order",
    id: "menurut urutan ini",
  },
} as const;

/** Plans a network of separate processes. */
export default class RoleInitCommand extends BaseCommand<WrittenNetwork> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Write genesis, keys and settings of a new network.",
      id: "Tulis genesis, kunci, dan setelan jaringan baru.",
    },
    examples: [
      { command: "role init ./net --nodes 4 --zones 3", text: { en: "On one machine.", id: "Di satu mesin." } },
    ],
  };
  static override readonly args = {
    folder: pathArg({ required: true, text: { en: "A folder that is not there yet.", id: "Folder yang belum ada." } }),
  };
  static override readonly flags = {
    name: nameFlag({ default: "local", text: { en: "Name of the network.", id: "Nama jaringan." } }),
    stage: textFlag({
      options: ["devnet", "pilot", "testnet", "mainnet"],
      default: "devnet",
      text: { en: "Which numbers it is born with.", id: "Angka-angka awalnya." },
    }),
    nodes: numberFlag({ min: 1, max: 64, default: 4, text: { en: "Storage nodes.", id: "Node penyimpanan." } }),
    zones: numberFlag({ min: 1, max: 16, default: 3, text: { en: "Zones they stand in.", id: "Zona tempatnya." } }),
    validators: numberFlag({ min: 1, max: 100, default: 1, text: { en: "Validators.", id: "Validator." } }),
    "first-port": numberFlag({
      min: 1024,
      max: 65_000,
      default: 46_000,
      text: { en: "Ports are given out from here.", id: "Port dibagikan mulai dari sini." },
    }),
    "da-url": urlFlag({
      text: {
        en: "Celestia node to use; a local one unless said.",
        id: "Node Celestia yang dipakai; lokal bila tak disebut.",
      },
    }),
    "da-start": numberFlag({
      min: 1,
      text: {
        en: "First height of the network; the next one of --da-url unless said.",
        id: "Ketinggian pertama jaringan; yang berikutnya di --da-url bila tak disebut.",
      },
    }),
    "chain-id": numberFlag({
      min: 1,
      max: 2 ** 31,
      text: {
        en: "EVM chain id; outside a devnet a random one unless said.",
        id: "Id rantai EVM; di luar devnet acak bila tak disebut.",
      },
    }),
    "da-chain": textFlag({ default: "dsdn-local", text: { en: "Its chain id.", id: "Id rantainya." } }),
  };

  async run(): Promise<CommandResult<WrittenNetwork>> {
    const { args, flags } = await this.parse(RoleInitCommand);
    const folder = resolve(this.ui.terminal.folder, args.folder);
    const disk = systemDisk();
    if ((await disk.list(folder)).length > 0) throw fail(commandErrors.fileExists, { path: folder });
    const { findStartHeight, writeNetworkFiles } = await import("../../roles/index.ts");
    const random = systemRandom();
    const daUrl = flags["da-url"];
    const deps = { disk, clock: this.clock, random, log: silentLogger(), env: this.ui.terminal.env };
    const atNode = async (url: string) => findStartHeight({ url, chainId: flags["da-chain"] }, deps);
    const daStartHeight = flags["da-start"] ?? (daUrl === undefined ? 1 : await atNode(daUrl));
    const ownChainId = flags.stage === "devnet" ? undefined : Buffer.from(random.bytes(4)).readUInt32BE() >>> 1;
    const summary = await writeNetworkFiles(
      {
        folder,
        name: flags.name,
        stage: flags.stage as "devnet",
        nodes: flags.nodes,
        zones: flags.zones,
        validators: flags.validators,
        host: "127.0.0.1",
        daUrl,
        daStartHeight,
        chainId: flags["chain-id"] ?? ownChainId,
        daChainId: flags["da-chain"],
        firstPort: flags["first-port"],
      },
      { disk, random, nowMs: this.clock.nowMs() },
    );
    return { summary, details: {}, audit: [{ step: "write network", folder, network: summary.network }] };
  }

  protected override view({ network, folder, roles }: WrittenNetwork, say: Say): readonly Block[] {
    return [
      say(texts.written, { network: network.slice(0, 12), folder }),
      {
        head: [say(texts.role), say(texts.address), say(texts.config)],
        rows: roles.map(({ name, url, config }) => [name, url, config]),
      },
      say(texts.secret),
      { essential: network },
      nextStep(["role", "run", say(texts.roleName), "--config", say(texts.settings)], say(texts.next)),
    ];
  }
}
