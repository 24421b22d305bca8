import { resolve } from "node:path";
import { type FolderWatch, systemFileTree, toDsdnError, watchFolder } from "../../base/index.ts";
import type { BuiltPackage, Detection } from "../../packager/index.ts";
import { formatDuration, toJsonError } from "../../ui/index.ts";
import {
  BaseCommand,
  type BuildOptions,
  type BuildWish,
  buildFlags,
  buildProject,
  type CommandTexts,
  type Deployment,
  deployProject,
  findSchedule,
  type OpenNetwork,
  openNetwork,
  passphraseFileFlag,
  pathArg,
  switchFlag,
  toBuildWish,
} from "../framework/index.ts";

const texts = {
  answers: {
    en: "{url} answers with version {number}, after {time}.",
    id: "{url} menjawab dengan versi {number}, setelah {time}.",
  },
  ran: { en: "{name} ran as run {number} ({status}).", id: "{name} berjalan sebagai run {number} ({status})." },
  notScheduled: {
    en: "dsdn.yaml names a schedule; here the script runs at once and has none. `dsdn deploy` sets it.",
    id: "dsdn.yaml menyebut jadwal; di sini skrip langsung berjalan tanpa jadwal. `dsdn deploy` menetapkannya.",
  },
  same: { en: "Nothing that is packed has changed.", id: "Tidak ada isi paket yang berubah." },
  watching: {
    en: "Watching {path}. Ctrl-C ends it; the deployment stays.",
    id: "Mengamati {path}. Ctrl-C mengakhirinya; deployment tetap ada.",
  },
  changed: { en: "Changed: {paths}", id: "Berubah: {paths}" },
} as const;

/** Editors write a file in several steps, and a `git checkout` many files: what comes within this time is one change. */
const SETTLE_MS = 150;
const SHOWN_PATHS = 3;

interface Round {
  readonly digest: string;
  readonly detection: BuiltPackage["detection"];
}

/** Deploys to the devnet, again at every change. */
export default class DevDeployCommand extends BaseCommand {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Deploy to the devnet, and with --watch again at every change.",
      id: "Deploy ke devnet, dan dengan --watch lagi pada setiap perubahan.",
    },
    description: {
      en: "The address stays the same over all versions. A build that fails is shown and the version before it goes on answering.",
      id: "Alamat tetap sama untuk semua versi. Build yang gagal ditampilkan, dan versi sebelumnya tetap menjawab.",
    },
    examples: [{ command: "dev deploy . --watch", text: { en: "While you work.", id: "Selama Anda bekerja." } }],
  };
  static override readonly args = {
    path: pathArg({
      default: ".",
      text: { en: "Project folder or program file.", id: "Folder proyek atau berkas program." },
    }),
  };
  static override readonly flags = {
    watch: switchFlag({
      text: { en: "Deploy again at every change.", id: "Deploy lagi pada setiap perubahan." },
    }),
    ...buildFlags,
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<undefined> {
    const { args, flags } = await this.parse(DevDeployCommand);
    const network = await openNetwork(this.context, { isLocalMeant: true, passphraseFile: flags["passphrase-file"] });
    const wish = { ...toBuildWish(args.path, flags), isWaiting: true };
    if ((await findSchedule(this.context, wish)) !== undefined) this.ui.remark(this.ui.say(texts.notScheduled));
    if (flags.watch) await this.#watch(network, wish);
    else await this.#deploy(network, wish, {});
    return undefined;
  }

  /** Deploys unless the package is that of the round before. */
  async #deploy(
    network: OpenNetwork,
    wish: BuildWish,
    { before, onPrepared }: { readonly before?: Round; readonly onPrepared?: BuildOptions["onPrepared"] },
  ): Promise<Round> {
    const { packageDigest } = await import("../../packager/index.ts");
    const packed = await buildProject(this.context, wish, { onPrepared });
    const { built } = packed;
    const round = { digest: packageDigest(built), detection: built.detection };
    if (round.digest === before?.digest) {
      this.ui.remark(this.ui.say(texts.same));
      return round;
    }
    const again = { ...wish, packed, isAgain: before !== undefined };
    this.#show(await deployProject(this.context, network, again));
    return round;
  }

  #show({ project, durationsMs }: Deployment): void {
    const { name, version: number, status, url, workload } = project;
    const tookMs = Object.values(durationsMs).reduce((sum, each) => sum + each, 0);
    const line =
      url === null
        ? this.ui.say(texts.ran, { name, number, status })
        : this.ui.say(texts.answers, { url, number, time: formatDuration(tookMs) });
    this.ui.item({ name, version: number, status, url, workload, package: project.package, tookMs }, line);
  }

  async #watch(network: OpenNetwork, wish: BuildWish): Promise<void> {
    const changes = createChanges();
    let watching: FolderWatch | undefined;
    // Watched before the first file is packed: what changes from then on is in this package or in the next.
    const onPrepared = async (detection: Detection) => {
      watching = await this.#watchProject(() => round?.detection ?? detection, changes.add);
    };
    this.signal.addEventListener("abort", changes.end, { once: true });
    let round: Round | undefined;
    try {
      round = await this.#deploy(network, wish, { onPrepared });
      this.ui.remark(this.ui.say(texts.watching, { path: resolve(round.detection.root) }));
      while (!this.signal.aborted && (await changes.any)) {
        await this.clock.sleep(SETTLE_MS, this.signal);
        this.#tellChanges(changes.take());
        const next: Round | undefined = await this.#tryDeploy(network, wish, round);
        // A build may write beside its output; with an unchanged package that is no reason to build for ever.
        if (next?.digest === round.digest && next.detection.build !== null) changes.take();
        round = next ?? round;
      }
    } catch (error) {
      if (!this.signal.aborted) throw error;
    } finally {
      this.signal.removeEventListener("abort", changes.end);
      watching?.close();
    }
  }

  async #watchProject(detection: () => Detection, onChange: (path: string) => void): Promise<FolderWatch> {
    const { isUnpacked } = await import("../../packager/index.ts");
    const isIgnored = (path: string) => isUnpacked(detection(), path);
    return watchFolder({ folder: detection().root, isIgnored, onChange }, { tree: systemFileTree() });
  }

  #tellChanges(paths: readonly string[]): void {
    const more = paths.length > SHOWN_PATHS ? ", ..." : "";
    this.ui.remark(this.ui.say(texts.changed, { paths: `${paths.slice(0, SHOWN_PATHS).join(", ")}${more}` }));
  }

  /** A mistake in the project is shown, and mended by the next change. */
  async #tryDeploy(network: OpenNetwork, wish: BuildWish, before: Round): Promise<Round | undefined> {
    try {
      return await this.#deploy(network, wish, { before });
    } catch (cause) {
      if (this.signal.aborted) throw cause;
      const error = toDsdnError(cause);
      if (this.ui.isJson) this.ui.item(toJsonError(error, this.ui.language), "");
      else this.ui.error(error);
      return undefined;
    }
  }
}

/** Paths that changed and were not taken yet. */
function createChanges() {
  const paths = new Set<string>();
  let waiting = Promise.withResolvers<boolean>();
  return {
    /** Resolves with true when there is something to take, and with false when there will be nothing more. */
    get any() {
      return waiting.promise;
    },
    add: (path: string) => {
      paths.add(path);
      waiting.resolve(true);
    },
    end: () => waiting.resolve(false),
    take: () => {
      const taken = [...paths].sort();
      paths.clear();
      waiting = Promise.withResolvers<boolean>();
      return taken;
    },
  };
}
