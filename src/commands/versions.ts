import { type Block, type CommandResult, formatTime, type Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  deploymentArg,
  hasEnded,
  nextStep,
  openNetwork,
  passphraseFileFlag,
  statusWord,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Versions = Summary<"versions">;

const texts = {
  version: { en: "Version", id: "Versi" },
  status: { en: "Status", id: "Status" },
  since: { en: "Submitted", id: "Dikirim" },
  package: { en: "Package", id: "Paket" },
  address: { en: "Address", id: "Alamat" },
  current: { en: "{version} (current)", id: "{version} (berlaku)" },
  preview: { en: "{version} (preview {name})", id: "{version} (pratinjau {name})" },
} as const;

const PACKAGE_CHARS = 16;

/** Lists the versions of a deployment. */
export default class VersionsCommand extends BaseCommand<Versions> {
  static override readonly texts: CommandTexts = {
    summary: { en: "List the versions of a deployment.", id: "Daftar versi sebuah deployment." },
    examples: [{ command: "versions my-app", text: { en: "Newest first.", id: "Terbaru lebih dulu." } }],
  };
  static override readonly args = {
    name: deploymentArg(),
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<CommandResult<Versions>> {
    const { args, flags } = await this.parse(VersionsCommand);
    const { client } = await openNetwork(this.context, { passphraseFile: flags["passphrase-file"] });
    const details = await client.deployments.get(args.name, this.signal);
    const { siteUrls } = await import("../client/index.ts");
    const versions = details.workloads.map((row) => {
      const isCurrent = row.workload === details.current;
      const aliases = details.aliases.filter(({ workload }) => workload === row.workload).map(({ name }) => name);
      const isShown = row.preview !== null && !hasEnded(row.status);
      const own = aliases[0] ?? (isShown ? row.preview?.name : undefined);
      return {
        version: row.number,
        workload: row.workload,
        package: row.package,
        status: row.status,
        submittedMs: row.submittedMs,
        isCurrent,
        preview: row.preview?.name ?? null,
        aliases,
        url:
          row.mode === "batch" ? null : isCurrent ? details.url : own === undefined ? null : siteUrls(details, own).url,
      };
    });
    return { summary: { name: args.name, versions }, details: {}, audit: [] };
  }

  protected override view({ name, versions }: Versions, say: Say): readonly Block[] {
    const rows = versions.map(({ version, preview, isCurrent, status, submittedMs, package: digest, url }) => [
      isCurrent
        ? say(texts.current, { version })
        : preview === null
          ? String(version)
          : say(texts.preview, { version, name: preview }),
      statusWord(status, say),
      formatTime(submittedMs),
      `...${digest.slice(-PACKAGE_CHARS)}`,
      url ?? "-",
    ]);
    const head = [texts.version, texts.status, texts.since, texts.package, texts.address].map((title) => say(title));
    const current = versions.find(({ isCurrent }) => isCurrent);
    const next =
      current === undefined || versions.length < 2
        ? nextStep(["status", name])
        : nextStep(["rollback", name, "--to", "<version>"]);
    return [{ head, rows }, { essential: String(current?.version ?? "") }, next];
  }
}
