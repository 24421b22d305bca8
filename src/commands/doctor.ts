import type { Block, CommandResult, Say } from "../ui/index.ts";
import { devnetChecks, drawChecks, machineChecks, networkChecks, runChecks } from "./framework/checkup/index.ts";
import { BaseCommand, type CommandTexts, nextStep, switchFlag } from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Checkup = Summary<"doctor">;

const texts = {
  healthy: { en: "Nothing stands in the way.", id: "Tidak ada hambatan." },
  problems: { en: "{count} problem(s).", id: "{count} masalah." },
} as const;

/** Of the environment: what the machine or its network lacks. */
const EXIT_PROBLEMS = 19;

/** Looks for what keeps dsdn from working here, and mends it when asked to. */
export default class DoctorCommand extends BaseCommand<Checkup> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Find out what keeps dsdn from working here.",
      id: "Cari tahu apa yang menghalangi dsdn bekerja di sini.",
    },
    description: {
      en: "Looks at the machine, the key files, the devnet, the network in use and the clock. Changes nothing without --fix. Exits with 19 when a problem remains.",
      id: "Memeriksa mesin, berkas kunci, devnet, jaringan yang dipakai, dan jam. Tanpa --fix tidak mengubah apa pun. Kode keluarnya 19 bila masih ada masalah.",
    },
    examples: [
      { command: "doctor", text: { en: "Look.", id: "Periksa." } },
      {
        command: "doctor --fix",
        text: { en: "Look, and mend what can be mended.", id: "Periksa dan perbaiki yang dapat diperbaiki." },
      },
    ],
  };
  static override readonly flags = {
    fix: switchFlag({ text: { en: "Mend what can be mended.", id: "Perbaiki yang dapat diperbaiki." } }),
  };

  async run(): Promise<CommandResult<Checkup>> {
    const { flags } = await this.parse(DoctorCommand);
    const options = { fix: flags.fix === true };
    const local = await runChecks([...machineChecks, ...devnetChecks], this.context, options);
    // Only now: what was mended above may be what the network needs.
    const remote = await runChecks(await networkChecks(this.context), this.context, options);
    const checks = [...local, ...remote];
    const problems = checks.filter(({ status }) => status === "bad").length;
    if (problems > 0) this.exitCode = EXIT_PROBLEMS;
    return { summary: { problems, checks }, details: {}, audit: [] };
  }

  protected override view({ problems, checks }: Checkup, say: Say): readonly Block[] {
    return [
      drawChecks(checks, this.ui),
      "",
      problems === 0 ? say(texts.healthy) : say(texts.problems, { count: problems }),
      {
        essential: checks
          .filter(({ status }) => status === "bad")
          .map(({ id }) => id)
          .join("\n"),
      },
      problems === 0
        ? nextStep(["status"])
        : this.context.argv.includes("--fix")
          ? nextStep(["explain", "<code>"])
          : nextStep(["doctor", "--fix"]),
    ];
  }
}
