import { fail } from "../../base/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  changeSettings,
  commandErrors,
  deploymentArg,
  drawSettingsChange,
  noWaitFlag,
  openNetwork,
  passphraseFileFlag,
  pathFlag,
  readSecretFile,
  type SettingsChanged,
  textArg,
} from "../framework/index.ts";

const texts = {
  question: { en: "Value of {secret}", id: "Nilai {secret}" },
  done: { en: "Secret {names} of {name} is sealed and set.", id: "Rahasia {names} milik {name} tersegel dan berlaku." },
} as const;

/** Sets a secret of a deployment. */
export default class SecretsPutCommand extends BaseCommand<SettingsChanged> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Set a secret of a deployment.", id: "Tetapkan rahasia sebuah deployment." },
    description: {
      en: "The value is typed, or read from a file; it never stands on the command line. It is sealed to the nodes that may run the deployment and makes a new version of it; a script has it from its next run on. One line end at the end of a file does not count.",
      id: "Nilainya diketik atau dibaca dari berkas; tidak pernah ada di baris perintah. Nilai disegel untuk node yang boleh menjalankan deployment dan menjadi versi baru; skrip memakainya mulai run berikutnya. Satu akhir baris di ujung berkas tidak dihitung.",
    },
    examples: [
      { command: "secrets put shop API_KEY", text: { en: "Asks for the value.", id: "Menanyakan nilainya." } },
      {
        command: "secrets put shop TLS_KEY --file key.pem",
        text: { en: "From a file; - is standard input.", id: "Dari berkas; - adalah masukan standar." },
      },
    ],
  };
  static override readonly args = {
    deployment: deploymentArg(),
    name: textArg({ required: true, text: { en: "Name of the secret.", id: "Nama rahasia." } }),
  };
  static override readonly flags = {
    file: pathFlag({
      text: {
        en: "File with the value; - reads standard input.",
        id: "Berkas berisi nilai; - membaca masukan standar.",
      },
    }),
    "no-wait": noWaitFlag,
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<SettingsChanged>> {
    const { args, flags } = await this.parse(SecretsPutCommand);
    const { deployment, name } = args;
    const passphraseFile = flags["passphrase-file"];
    if (passphraseFile === "-" && flags.file === "-") throw fail(commandErrors.inputTwice, {});
    const { checkEnvName } = await import("../../client/index.ts");
    checkEnvName(name);
    const network = await openNetwork(this.context, { passphraseFile });
    // Whether it is there at all is found out before anybody types a secret.
    await network.client.settings.get(deployment, this.signal);
    const secrets = new Map([[name, await this.#readValue(name, flags.file)]]);
    const wish = { name: deployment, names: [name], change: { secrets }, isWaiting: !flags["no-wait"] };
    const summary = await changeSettings(this.context, network, wish);
    return { summary, details: {}, audit: [{ step: "seal and submit", workload: summary.workload }] };
  }

  async #readValue(name: string, file: string | undefined): Promise<string> {
    if (file === undefined) return this.ui.prompts.secret(this.ui.say(texts.question, { secret: name }));
    return (await readSecretFile(this.ui, file)).replace(/\r?\n$/, "");
  }

  protected override view(summary: SettingsChanged, say: Say): readonly Block[] {
    const done = say(texts.done, { names: summary.names.join(", "), name: summary.name });
    return drawSettingsChange(summary, { say, done });
  }
}
