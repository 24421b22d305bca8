import { fail, silentLogger, systemDisk, systemRandom } from "../../base/index.ts";
import type { DevnetStatus } from "../../devnet/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  devnetFolder,
  devnetFolderFlag,
  devnetView,
  durationFlag,
  nextStep,
  numberFlag,
  parseOrigin,
  signInClientFlag,
  signInIssuerFlag,
  switchFlag,
  textFlag,
  toSignInRule,
} from "../framework/index.ts";

const texts = {
  starting: { en: "Starting the devnet", id: "Memulai devnet" },
  stopped: {
    en: "The devnet stopped; its state is kept. dsdn dev start goes on from there.",
    id: "Devnet berhenti; datanya disimpan. dsdn dev start melanjutkannya.",
  },
  running: {
    en: "The devnet runs. Ctrl-C stops it; its state is kept.",
    id: "Devnet berjalan. Ctrl-C menghentikannya; datanya disimpan.",
  },
  ready: {
    en: "The devnet is ready after {seconds} s: {roles} roles, ingress {url}",
    id: "Devnet siap setelah {seconds} s: {roles} peran, ingress {url}",
  },
  already: {
    en: "The devnet runs already: {roles} roles, ingress {url}",
    id: "Devnet sudah berjalan: {roles} peran, ingress {url}",
  },
  next: {
    en: "or dsdn init my-app and dsdn deploy my-app",
    id: "atau dsdn init aplikasi lalu dsdn deploy aplikasi",
  },
  unsafe: {
    en: "Its keys lie open in that folder: use this network for development only.",
    id: "Kuncinya terbuka di folder itu: pakai jaringan ini hanya untuk pengembangan.",
  },
} as const;

interface StartFlags {
  readonly nodes: number | undefined;
  readonly zones: number | undefined;
  readonly seed: string | undefined;
  readonly "da-delay": number | undefined;
  readonly resolver: string | undefined;
  readonly "allow-origin": readonly string[] | undefined;
  readonly "sign-in-issuer": string | undefined;
  readonly "sign-in-client-id": string | undefined;
  readonly data: string | undefined;
}

/** Starts a whole network on this machine. */
export default class DevStartCommand extends BaseCommand<DevnetStatus> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Start a network with every role on this machine.",
      id: "Mulai jaringan dengan semua peran di mesin ini.",
    },
    description: {
      en: "One process runs coordinator, nodes, validator, sequencer, ingress and a local data-availability node. It needs no Docker, account or internet. It is ready when a signed write was read back.",
      id: "Satu proses menjalankan koordinator, node, validator, sequencer, ingress, dan node ketersediaan data lokal. Tanpa Docker, akun, atau internet. Siap ketika tulisan bertanda tangan terbaca kembali.",
    },
    examples: [
      { command: "dev start -d", text: { en: "In the background.", id: "Di latar belakang." } },
      {
        command: "dev start --nodes 9 --zones 3 --data ./net",
        text: { en: "A larger one, kept here.", id: "Yang lebih besar, disimpan di sini." },
      },
    ],
  };
  static override readonly flags = {
    detach: switchFlag({ char: "d", text: { en: "Run in the background.", id: "Jalankan di latar belakang." } }),
    nodes: numberFlag({
      min: 1,
      max: 64,
      text: { en: "Nodes of a new network; 6 unless said.", id: "Jumlah node jaringan baru; 6 bila tak disebut." },
    }),
    zones: numberFlag({
      min: 1,
      max: 16,
      text: { en: "Zones of a new network; 3 unless said.", id: "Jumlah zona jaringan baru; 3 bila tak disebut." },
    }),
    fresh: switchFlag({
      text: { en: "Delete the old local network first.", id: "Hapus dulu jaringan lokal yang lama." },
    }),
    seed: textFlag({
      text: { en: "Makes the keys of a new network repeatable.", id: "Membuat kunci jaringan baru selalu sama." },
    }),
    "da-delay": durationFlag({
      text: {
        en: "Time from a posting to its block; 0s unless said.",
        id: "Waktu dari kiriman sampai bloknya; 0s bila tak disebut.",
      },
    }),
    resolver: textFlag({
      text: {
        en: "Address of the DNS resolver that host names are looked up with; this machine's unless said.",
        id: "Alamat resolver DNS tempat nama host dicari; milik mesin ini bila tak disebut.",
      },
    }),
    "allow-origin": textFlag({
      multiple: true,
      multipleNonGreedy: true,
      text: {
        en: "Site whose pages may ask the ingress, as dsdn/browser does.",
        id: "Situs yang halamannya boleh bertanya ke ingress, seperti dsdn/browser.",
      },
    }),
    "sign-in-issuer": signInIssuerFlag,
    "sign-in-client-id": signInClientFlag,
    data: devnetFolderFlag,
  };

  #isRunningAlready = false;

  async run(): Promise<CommandResult<DevnetStatus> | undefined> {
    const { flags } = await this.parse(DevStartCommand);
    const folder = devnetFolder(this.context, flags.data);
    const disk = systemDisk();
    if (flags.fresh) {
      const { removeDevnet } = await import("../../devnet/index.ts");
      await removeDevnet(folder, { disk, clock: this.clock, random: systemRandom() });
    }
    if (flags.detach) return this.#detach(folder, flags);
    const { startLocalDevnet } = await import("../../devnet/index.ts");
    const devnet = await this.ui.progress.run(this.ui.say(texts.starting), () =>
      startLocalDevnet(
        {
          folder,
          ...(flags.nodes === undefined ? {} : { nodes: flags.nodes }),
          ...(flags.zones === undefined ? {} : { zones: flags.zones }),
          ...(flags.seed === undefined ? {} : { seed: flags.seed }),
          ...(flags["da-delay"] === undefined ? {} : { daDelayMs: flags["da-delay"] }),
          ...(flags.resolver === undefined ? {} : { resolvers: [flags.resolver] }),
          allowedOrigins: originsOf(flags),
          ...toSignInRule(flags),
        },
        { disk, clock: this.clock, random: systemRandom() },
      ),
    );
    const status = devnet.status();
    this.ui.result(this.traced({ summary: status, details: {}, audit: [] }), this.view(status, this.ui.say));
    this.ui.remark(this.ui.say(texts.running));
    const onAbort = () => void devnet.stop();
    this.signal.addEventListener("abort", onAbort, { once: true });
    if (this.signal.aborted) onAbort();
    await devnet.stopped;
    this.ui.remark(this.ui.say(texts.stopped));
    return undefined;
  }

  async #detach(folder: string, flags: StartFlags): Promise<CommandResult<DevnetStatus>> {
    const { devnetErrors, findDevnetTrace, startDetached } = await import("../../devnet/index.ts");
    const settings = this.#settings(flags);
    const found = await findDevnetTrace(folder, systemDisk());
    if (found.kind === "running") {
      // What was asked for cannot be given to a network that runs, and must not be passed over.
      if (settings.length > 0) throw fail(devnetErrors.alreadyRunning, { folder, url: found.connection.ingressUrl });
      this.#isRunningAlready = true;
      return { summary: await found.connection.status(), details: {}, audit: [{ step: "find devnet", folder }] };
    }
    const program = process.argv[1] ?? "";
    const command = [program, "dev", "start", "--json", "--data", folder, ...settings];
    const title = this.ui.say(texts.starting);
    const deps = { disk: systemDisk(), clock: this.clock, log: silentLogger() };
    const devnet = await this.ui.progress.run(title, () =>
      startDetached({ folder, command, daDelayMs: flags["da-delay"], signal: this.signal }, deps),
    );
    const summary = await devnet.status();
    return { summary, details: {}, audit: [{ step: "start devnet", folder }] };
  }

  /** What was said about the network, as arguments for the process that stays. */
  #settings(flags: StartFlags): string[] {
    const words: string[] = [];
    if (flags.nodes !== undefined) words.push("--nodes", String(flags.nodes));
    if (flags.zones !== undefined) words.push("--zones", String(flags.zones));
    if (flags.seed !== undefined) words.push("--seed", flags.seed);
    if (flags["da-delay"] !== undefined) words.push("--da-delay", `${flags["da-delay"]}ms`);
    if (flags.resolver !== undefined) words.push("--resolver", flags.resolver);
    for (const origin of originsOf(flags)) words.push("--allow-origin", origin);
    const signIn = toSignInRule(flags).signIn;
    if (signIn) words.push("--sign-in-issuer", signIn.issuer, "--sign-in-client-id", signIn.clientId);
    return words;
  }

  protected override view(status: DevnetStatus, say: Say): readonly Block[] {
    const facts = { roles: status.roles.length, url: status.ingressUrl };
    const seconds = (status.readyAfterMs / 1000).toFixed(2);
    return [
      this.#isRunningAlready ? say(texts.already, facts) : say(texts.ready, { ...facts, seconds }),
      { more: [...devnetView(status, say), say(texts.unsafe)] },
      { essential: status.ingressUrl },
      nextStep(["upload", "<path>"], say(texts.next)),
    ];
  }
}

function originsOf(flags: Pick<StartFlags, "allow-origin">): readonly string[] {
  return (flags["allow-origin"] ?? []).map((origin) => parseOrigin("--allow-origin", origin));
}
