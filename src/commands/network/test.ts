import type { Block, CommandResult, Say } from "../../ui/index.ts";
import { type CheckReport, drawChecks, runChecks, wayChecks } from "../framework/checkup/index.ts";
import { findWays } from "../framework/destination/network-ways.ts";
import { BaseCommand, type CommandTexts, nextStep, textArg } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Tested = Summary<"network test">;

const texts = {
  good: { en: "{network} can be used.", id: "{network} dapat dipakai." },
  problems: { en: "{count} problem(s) with {network}.", id: "{count} masalah dengan {network}." },
} as const;

/** As `doctor`: what the machine or its network lacks. */
const EXIT_PROBLEMS = 19;

/** Looks at the way to a network, step by step. */
export default class NetworkTestCommand extends BaseCommand<Tested> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Test the way to a network.", id: "Uji jalur menuju sebuah jaringan." },
    description: {
      en: "For each ingress: name, connection, TLS, answer, network id, version, token, log. Changes nothing. Exits with 19 when there is a problem.",
      id: "Untuk tiap ingress: nama, sambungan, TLS, jawaban, id jaringan, versi, token, log. Tidak mengubah apa pun. Kode keluarnya 19 bila ada masalah.",
    },
    examples: [
      { command: "network test", text: { en: "The one in use here.", id: "Yang dipakai di sini." } },
      { command: "network test staging", text: { en: "One by its name.", id: "Salah satu, menurut namanya." } },
    ],
  };
  static override readonly args = {
    name: textArg({
      text: { en: "Name; the network in use here unless said.", id: "Nama; yang dipakai di sini bila tak disebut." },
    }),
  };

  async run(): Promise<CommandResult<Tested>> {
    const { args } = await this.parse(NetworkTestCommand);
    const { name, ways } = await findWays(this.context, args.name);
    const ingresses: { url: string; checks: readonly CheckReport[] }[] = [];
    for (const way of ways) {
      const checks = await runChecks(await wayChecks(this.context, way), this.context, { fix: false });
      ingresses.push({ url: way.url, checks });
    }
    const problems = ingresses.flatMap(({ checks }) => checks).filter(({ status }) => status === "bad").length;
    if (problems > 0) this.exitCode = EXIT_PROBLEMS;
    return { summary: { network: name, problems, ingresses }, details: {}, audit: [] };
  }

  protected override view({ network, problems, ingresses }: Tested, say: Say): readonly Block[] {
    const shown = ingresses.flatMap(({ url, checks }): Block[] => [url, drawChecks(checks, this.ui), ""]);
    const end = problems === 0 ? say(texts.good, { network }) : say(texts.problems, { network, count: problems });
    const bad = ingresses.flatMap(({ url, checks }) =>
      checks.filter(({ status }) => status === "bad").map(({ id }) => `${url} ${id}`),
    );
    const next = problems === 0 ? nextStep(["network", "use", network]) : nextStep(["doctor"]);
    return [...shown, end, { essential: bad.join("\n") }, next];
  }
}
