import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  describeRejected,
  nextStep,
  openAccountAccess,
  readShares,
  shareArg,
  shareFileFlag,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Rehearsed = Summary<"keys rehearse">;

const texts = {
  proven: {
    en: "These shares of set {setId} bring your key back.",
    id: "Bagian-bagian dari set {setId} ini memulihkan kunci Anda.",
  },
} as const;

/** Proves that the shares at hand would bring the account back. */
export default class KeysRehearseCommand extends BaseCommand<Rehearsed> {
  static override readonly strict = false;
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Prove that your shares would bring the key back.",
      id: "Buktikan bahwa bagian-bagian Anda dapat memulihkan kunci.",
    },
    examples: [
      {
        command: "keys rehearse a.txt b.txt",
        text: { en: "With two share files.", id: "Dengan dua berkas bagian." },
      },
    ],
  };
  static override readonly args = { shares: shareArg };
  static override readonly flags = { "share-file": shareFileFlag };

  async run(): Promise<CommandResult<Rehearsed>> {
    const { flags, argv } = await this.parse(KeysRehearseCommand);
    const { keeper } = openAccountAccess(this.context);
    const named = [...argv.map(String), ...(flags["share-file"] ?? [])];
    const { setId, rejected } = await keeper.rehearse(await readShares(this.ui, named, "keys rehearse"));
    return { summary: { setId, rejected }, details: {}, audit: [{ step: "bring shares together", setId }] };
  }

  protected override view({ setId, rejected }: Rehearsed, say: Say): readonly Block[] {
    return [
      say(texts.proven, { setId }),
      ...describeRejected(rejected, say),
      { essential: setId },
      nextStep(["keys", "status"]),
    ];
  }
}
