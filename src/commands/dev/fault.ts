import type { DevnetStatus, FaultKind } from "../../devnet/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  devnetFolderFlag,
  devnetView,
  nameArg,
  nextStep,
  openDevnet,
  textArg,
} from "../framework/index.ts";

const texts = {
  played: { en: "Fault {kind} is played on {role}.", id: "Gangguan {kind} dimainkan pada {role}." },
  next: { en: "ends every fault", id: "mengakhiri semua gangguan" },
} as const;

interface Played extends DevnetStatus {
  readonly kind: string;
  readonly role: string;
}

/** Breaks a part of the devnet on purpose. */
export default class DevFaultCommand extends BaseCommand<Played> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Break one role of the devnet on purpose.", id: "Rusak satu peran devnet dengan sengaja." },
    description: {
      en: "kill stops it, restart stops and starts it, partition cuts it off, slow delays a node's disk, corrupt changes its private copy of the state.",
      id: "kill menghentikannya, restart menghentikan lalu memulai, partition memutusnya, slow melambatkan disk node, corrupt mengubah salinan keadaan miliknya.",
    },
    examples: [
      { command: "dev fault kill node-1", text: { en: "Lose a node.", id: "Kehilangan satu node." } },
      {
        command: "dev fault corrupt validator",
        text: { en: "See `dsdn verify state` name it.", id: "Lihat `dsdn verify state` menyebutnya." },
      },
    ],
  };
  static override readonly args = {
    kind: textArg({
      required: true,
      options: ["kill", "restart", "partition", "slow", "corrupt"],
      text: { en: "What breaks.", id: "Apa yang rusak." },
    }),
    role: nameArg({
      required: true,
      text: { en: "Which role; see dsdn dev status.", id: "Peran mana; lihat dsdn dev status." },
    }),
  };
  static override readonly flags = { data: devnetFolderFlag };

  async run(): Promise<CommandResult<Played>> {
    const { args, flags } = await this.parse(DevFaultCommand);
    const devnet = await openDevnet(this.context, flags.data);
    const status = await devnet.fault(args.kind as FaultKind, args.role);
    const { kind, role } = args;
    return { summary: { ...status, kind, role }, details: {}, audit: [{ step: "play fault", kind, role }] };
  }

  protected override view(summary: Played, say: Say): readonly Block[] {
    const { kind, role } = summary;
    return [
      say(texts.played, { kind, role }),
      { more: devnetView(summary, say) },
      { essential: summary.ingressUrl },
      nextStep(["dev", "heal"], say(texts.next)),
    ];
  }
}
