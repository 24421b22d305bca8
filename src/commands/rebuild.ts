import { fail } from "../base/index.ts";
import type { RebuildReport } from "../devnet/index.ts";
import type { Block, CommandResult, Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  devnetFolderFlag,
  interruptible,
  nameArg,
  nextStep,
  openDevnet,
} from "./framework/index.ts";

const texts = {
  working: { en: "Rebuilding {role} from the log", id: "Membangun ulang {role} dari log" },
  goesOn: {
    en: "The devnet ends what it began by itself; dsdn dev status shows the role.",
    id: "Devnet menyelesaikan sendiri yang sudah dimulai; dsdn dev status menampilkan perannya.",
  },
  done: {
    en: "{role} is rebuilt from the log alone and has the others' state root at height {height}.",
    id: "{role} dibangun ulang hanya dari log dan akar keadaannya sama dengan yang lain pada ketinggian {height}.",
  },
  root: { en: "State root", id: "Akar keadaan" },
  before: { en: "Before", id: "Sebelumnya" },
  wrong: { en: "{root}: it was wrong", id: "{root}: salah" },
  deleted: { en: "Deleted", id: "Dihapus" },
  kept: { en: "Kept", id: "Disimpan" },
  keptFacts: {
    en: "keys, chunks, unposted events, share links, the log",
    id: "kunci, potongan, peristiwa belum terkirim, tautan berbagi, log",
  },
  next: { en: "compares every role", id: "membandingkan semua peran" },
} as const;

/** Rebuilds a role of the devnet from the log. */
export default class RebuildCommand extends BaseCommand<RebuildReport> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Rebuild a devnet role from the log alone.", id: "Bangun ulang satu peran devnet hanya dari log." },
    description: {
      en: "Stops the role, deletes what was derived from the log, replays the log and starts the role again. Nothing that only the role has is deleted.",
      id: "Menghentikan peran, menghapus yang diturunkan dari log, memutar ulang log, lalu menjalankan peran lagi. Yang hanya dimiliki peran itu tidak dihapus.",
    },
    examples: [{ command: "rebuild node-1", text: { en: "One node.", id: "Satu node." } }],
  };
  static override readonly args = {
    role: nameArg({
      required: true,
      text: { en: "Which role; see dsdn dev status.", id: "Peran mana; lihat dsdn dev status." },
    }),
  };
  static override readonly flags = { data: devnetFolderFlag };

  async run(): Promise<CommandResult<RebuildReport>> {
    const { args, flags } = await this.parse(RebuildCommand);
    const devnet = await openDevnet(this.context, flags.data);
    const title = this.ui.say(texts.working, { role: args.role });
    const report = await this.ui.progress
      .run(title, () => interruptible(devnet.rebuild(args.role), this.signal))
      .catch((error: unknown) => {
        if (this.signal.aborted) this.ui.remark(this.ui.say(texts.goesOn));
        throw error;
      });
    const { height, stateRoot, expectedRoot, isEqual } = report;
    if (!isEqual) {
      const roles = `${expectedRoot.slice(0, 16)} (dsdn dev status)`;
      throw fail(commandErrors.stateDiffers, { height, root: stateRoot, roles });
    }
    return {
      summary: report,
      details: {},
      audit: [
        ...report.deleted.map((path) => ({ step: "delete", path })),
        { step: "replay log", height, stateRoot },
        { step: "compare", expectedRoot, isEqual },
      ],
    };
  }

  protected override view(report: RebuildReport, say: Say): readonly Block[] {
    const { role, height, stateRoot, previousRoot, deleted } = report;
    const wasWrong = previousRoot !== "" && previousRoot !== stateRoot;
    return [
      say(texts.done, { role, height }),
      {
        more: [
          {
            pairs: [
              [say(texts.root), stateRoot],
              ...(wasWrong ? [[say(texts.before), say(texts.wrong, { root: previousRoot })] as const] : []),
              ...deleted.map((path) => [say(texts.deleted), path] as const),
              [say(texts.kept), say(texts.keptFacts)],
            ],
          },
        ],
      },
      { essential: stateRoot },
      nextStep(["verify", "state"], say(texts.next)),
    ];
  }
}
