import { fail, silentLogger } from "../../base/index.ts";
import type { RoleVerdict, StateReport } from "../../client/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  devnetFolderFlag,
  findLog,
  nextStep,
  openDevnet,
  openNetwork,
  switchFlag,
  textFlag,
} from "../framework/index.ts";

const texts = {
  replaying: { en: "Replaying the log", id: "Memutar ulang log" },
  agree: {
    en: "Every role that answers agrees with the log at height {height}.",
    id: "Semua peran yang menjawab sepakat dengan log pada ketinggian {height}.",
  },
  root: { en: "State root", id: "Akar keadaan" },
  network: { en: "Network", id: "Jaringan" },
  chain: { en: "Chain", id: "Rantai" },
  chainFacts: {
    en: "block {block} from {batches} batch(es), root {root}",
    id: "blok {block} dari {batches} kumpulan blok, akar {root}",
  },
  role: { en: "Role", id: "Peran" },
  verdict: { en: "Verdict", id: "Hasil" },
  height: { en: "Height", id: "Ketinggian" },
  remark: { en: "Remark", id: "Catatan" },
  equal: { en: "agrees", id: "sepakat" },
  differs: { en: "DIFFERS", id: "BERBEDA" },
  behind: { en: "behind", id: "tertinggal" },
  silent: { en: "no answer", id: "tidak menjawab" },
} as const;

/** Replays the log and compares every role's state with it. */
export default class VerifyStateCommand extends BaseCommand<StateReport> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Replay the log and compare every role's state with it.",
      id: "Putar ulang log dan bandingkan keadaan setiap peran dengannya.",
    },
    description: {
      en: "Reads the log from the data-availability node, derives the state from nothing else, and asks every role for its root at one height. The chain is replayed from its batches as well. Exit 43 when a role differs.",
      id: "Membaca log dari node ketersediaan data, menurunkan keadaan hanya dari situ, dan menanyai setiap peran akarnya pada satu ketinggian. Rantai juga diputar ulang dari kumpulan bloknya. Keluar 43 bila ada peran yang berbeda.",
    },
    examples: [
      { command: "verify state", text: { en: "The whole network.", id: "Seluruh jaringan." } },
      {
        command: "verify state --role coordinator=http://127.0.0.1:45831",
        text: { en: "A role no list names too.", id: "Juga peran yang tidak ada di daftar." },
      },
      {
        command: "verify state --proofs",
        text: { en: "Also check each height's proof.", id: "Periksa juga bukti tiap ketinggian." },
      },
    ],
  };
  static override readonly flags = {
    proofs: switchFlag({
      text: {
        en: "Check by proof that the data-availability node leaves nothing out; slower.",
        id: "Periksa dengan bukti bahwa node ketersediaan data tidak menyembunyikan apa pun; lebih lambat.",
      },
    }),
    role: textFlag({
      multiple: true,
      multipleNonGreedy: true,
      text: {
        en: "One more role to ask, as name=url; once for each.",
        id: "Peran lain yang ditanyai, sebagai nama=url; satu kali untuk tiap peran.",
      },
    }),
    "no-chain": switchFlag({ text: { en: "Leave the chain out.", id: "Tanpa rantai." } }),
    data: devnetFolderFlag,
  };

  async run(): Promise<CommandResult<StateReport>> {
    const { flags } = await this.parse(VerifyStateCommand);
    const { client, ingressUrl, isDevnet } = await openNetwork(this.context, { data: flags.data });
    const log = await findLog(this.context, flags.data);
    const { verifyState } = await import("../../client/index.ts");
    const network = await client.network(this.signal);
    const known = isDevnet ? await this.#devnetRoles(flags.data) : await this.#publicRoles(client, ingressUrl);
    const roles = [...known, ...(flags.role ?? []).map(parseRole)];
    const begunMs = this.clock.monotonicMs();
    const report = await this.ui.progress.run(this.ui.say(texts.replaying), (step) =>
      verifyState(
        {
          genesis: network.genesis,
          log,
          roles,
          readsProofs: flags.proofs,
          chainRpcUrl: flags["no-chain"] ? undefined : (network.chainRpcUrl ?? undefined),
          signal: this.signal,
          onProgress: (done, total) => step.count(done, total),
        },
        { clock: this.clock, log: silentLogger() },
      ),
    );
    this.#refuse(report);
    const tookMs = Math.round(this.clock.monotonicMs() - begunMs);
    return {
      summary: report,
      details: { tookMs, references: { genesis: network.network, log: log.url } },
      audit: [
        { step: "replay log", height: report.height, proofs: flags.proofs },
        ...report.roles.map(({ name, verdict, stateRoot }) => ({ step: "compare", name, verdict, stateRoot })),
      ],
    };
  }

  async #devnetRoles(data: string | undefined) {
    const { roles } = await (await openDevnet(this.context, data)).status();
    return roles.map(({ name, url }) => ({ name, url }));
  }

  async #publicRoles(client: Awaited<ReturnType<typeof openNetwork>>["client"], ingressUrl: string) {
    const nodes = await client.nodes(this.signal);
    const named = nodes.map(({ node, httpUrl }) => ({ name: `node ${node.slice(0, 12)}`, url: httpUrl }));
    return [{ name: "ingress", url: ingressUrl }, ...named];
  }

  /** @throws DSDN_COMMANDS_STATE_DIFFERS */
  #refuse(report: StateReport): void {
    const differing = report.roles.filter(({ verdict }) => verdict === "differs");
    const names = differing.map(({ name, stateRoot }) => `${name} (${(stateRoot ?? "").slice(0, 16)})`);
    if (report.chain?.isEqual === false) {
      names.push(`sequencer, chain block ${report.chain.block} (${(report.chain.sequencerRoot ?? "").slice(0, 16)})`);
    }
    if (names.length === 0) return;
    const { height, stateRoot: root } = report;
    throw fail(commandErrors.stateDiffers, { height, root, roles: names.join(", ") });
  }

  protected override view(report: StateReport, say: Say): readonly Block[] {
    const { height, stateRoot, network, chain, roles } = report;
    const chainFacts =
      chain === undefined
        ? []
        : [
            [
              say(texts.chain),
              say(texts.chainFacts, { block: chain.block, batches: chain.batches, root: chain.stateRoot.slice(0, 16) }),
            ] as const,
          ];
    return [
      say(texts.agree, { height }),
      { pairs: [[say(texts.network), network], [say(texts.root), stateRoot], ...chainFacts] },
      {
        head: [say(texts.role), say(texts.verdict), say(texts.height), say(texts.remark)],
        rows: roles.map((role) => rowOf(role, say)),
      },
      { essential: stateRoot },
      nextStep(["verify", "receipt", "<cid>"]),
    ];
  }
}

/** @throws DSDN_COMMANDS_VALUE_INVALID */
function parseRole(text: string): { name: string; url: string } {
  const [, name = "", url = ""] = /^([\w.-]{1,64})=(https?:\/\/\S+)$/.exec(text) ?? [];
  const parsed = URL.parse(url);
  if (parsed !== null && parsed.username === "" && parsed.password === "") return { name, url };
  throw fail(commandErrors.valueInvalid, {
    name: "--role",
    value: `'${text.slice(0, 80)}'`,
    expected: "name=http://...",
  });
}

function rowOf({ name, verdict, height, fault }: RoleVerdict, say: Say): string[] {
  return [name, say(texts[verdict]), String(height ?? "-"), fault ?? ""];
}
