import { resolve } from "node:path";
import { createLogger, fail, formatLogEntry, systemDisk, systemRandom } from "../../base/index.ts";
import { composeRole, type RoleName, readRoleConfig, roleNames } from "../../roles/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  numberFlag,
  pathFlag,
  signInClientFlag,
  signInIssuerFlag,
  textArg,
  textFlag,
  toSignInRule,
  urlFlag,
} from "../framework/index.ts";

interface Running {
  readonly role: string;
  readonly url: string;
}

const texts = {
  running: { en: "{role} runs at {url}. Ctrl-C stops it.", id: "{role} berjalan di {url}. Ctrl-C menghentikannya." },
} as const;

/** The flag that sets each role's main port. */
const PORT_PLACES: { readonly [R in RoleName]: readonly string[] } = {
  da: ["da", "port"],
  coordinator: ["coordinator", "port"],
  node: ["node", "http_port"],
  validator: ["validator", "port"],
  sequencer: ["sequencer", "port"],
  ingress: ["ingress", "port"],
};

/** Runs one role of a network, alone. */
export default class RoleRunCommand extends BaseCommand<Running> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Run one role of a network in this process.", id: "Jalankan satu peran jaringan di proses ini." },
    description: {
      en: "Settings come from flags, then the environment, then dsdn.toml. The token of the data-availability node is taken from DA_AUTH_TOKEN or a file, never from a flag.",
      id: "Setelan diambil dari flag, lalu lingkungan, lalu dsdn.toml. Token node ketersediaan data diambil dari DA_AUTH_TOKEN atau berkas, tidak pernah dari flag.",
    },
    examples: [
      { command: "role run node --config node-1/dsdn.toml", text: { en: "A storage node.", id: "Node penyimpanan." } },
      {
        command: "role run coordinator --config dsdn.toml --da env",
        text: { en: "The log's address from the environment.", id: "Alamat log dari lingkungan." },
      },
    ],
  };
  static override readonly args = {
    role: textArg({ required: true, options: [...roleNames], text: { en: "Which role.", id: "Peran mana." } }),
  };
  static override readonly flags = {
    config: pathFlag({ text: { en: "The role's dsdn.toml.", id: "dsdn.toml peran itu." } }),
    da: textFlag({
      options: ["file", "env"],
      default: "file",
      text: { en: "Where the address of the log must come from.", id: "Dari mana alamat log harus diambil." },
    }),
    "da-rpc-url": urlFlag({
      text: { en: "Address of the data-availability node.", id: "Alamat node ketersediaan data." },
    }),
    port: numberFlag({ min: 0, max: 65_535, text: { en: "Port to answer on.", id: "Port untuk menjawab." } }),
    "sign-in-issuer": signInIssuerFlag,
    "sign-in-client-id": signInClientFlag,
    data: pathFlag({ text: { en: "Folder of the role's data.", id: "Folder data peran." } }),
  };

  async run(): Promise<undefined> {
    const { args, flags } = await this.parse(RoleRunCommand);
    const role = args.role as RoleName;
    const { env, folder } = this.ui.terminal;
    const disk = systemDisk();
    if (flags.da === "env" && role !== "da" && (env["DA_RPC_URL"] ?? "") === "") {
      throw fail(commandErrors.argumentMissing, { command: "role run --da env", argument: "DA_RPC_URL" });
    }
    const config = await readRoleConfig(
      {
        file: flags.config === undefined ? undefined : resolve(folder, flags.config),
        env,
        flags: [
          ...(flags.port === undefined ? [] : [[PORT_PLACES[role], flags.port] as const]),
          ...(flags.data === undefined ? [] : [[["data"], resolve(folder, flags.data)] as const]),
          ...signInSettings(toSignInRule(flags).signIn),
          ...(flags["da-rpc-url"] === undefined ? [] : [[["da", "rpc_url"], flags["da-rpc-url"]] as const]),
        ],
      },
      disk,
    );
    const sink = (entry: Parameters<typeof formatLogEntry>[0]) =>
      this.ui.terminal.writeError(`${formatLogEntry(entry)}\n`);
    const log = createLogger({ level: this.globals.level > 1 ? "debug" : "info" }, { clock: this.clock, sink }).child({
      role,
    });
    const running = await composeRole(role, config, { disk, clock: this.clock, random: systemRandom(), log, env });
    await running.start(this.signal);
    const summary = { role, url: running.url() };
    this.ui.item(summary, this.ui.say(texts.running, summary));
    await new Promise<void>((stop) => {
      this.signal.addEventListener("abort", () => stop(), { once: true });
      if (this.signal.aborted) stop();
    });
    await running.stop();
    return undefined;
  }
}

function signInSettings(rule: ReturnType<typeof toSignInRule>["signIn"]): (readonly [readonly string[], string])[] {
  if (rule === undefined) return [];
  return [
    [["ingress", "sign_in", "issuer"], rule.issuer],
    [["ingress", "sign_in", "client_id"], rule.clientId],
  ];
}
