import { DsdnError, escapeForTerminal, fail, fromUtf8, readBytes } from "../../base/index.ts";
import { runScript, runShell, toJsonText } from "../../ui/index.ts";
import { BaseCommand, type CommandTexts, commandErrors, openNetwork, passphraseFileFlag } from "../framework/index.ts";

const texts = {
  welcome: {
    en: "client speaks to {url} with your key: try await client.status(). Ctrl-D leaves.",
    id: "client berbicara dengan {url} memakai kunci Anda: coba await client.status(). Ctrl-D untuk keluar.",
  },
} as const;

/** JavaScript with a connected client. */
export default class DevShellCommand extends BaseCommand {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Try the library: JavaScript with a connected client.",
      id: "Coba pustaka: JavaScript dengan klien yang tersambung.",
    },
    description: {
      en: "On a terminal each line is run and its value shown. Without one, standard input is a script; what it returns is printed as JSON. `client` is what `connect` of the library gives.",
      id: "Di terminal setiap baris dijalankan dan nilainya ditampilkan. Tanpa terminal, masukan standar adalah skrip; nilai kembaliannya dicetak sebagai JSON. `client` adalah yang diberikan `connect` dari pustaka.",
    },
    examples: [
      { command: "dev shell", text: { en: "Line by line.", id: "Baris demi baris." } },
      {
        command: "dev shell < count-nodes.js",
        text: { en: "A script that ends with return.", id: "Skrip yang berakhir dengan return." },
      },
    ],
  };
  static override readonly flags = { "passphrase-file": passphraseFileFlag };

  async run(): Promise<undefined> {
    const { flags } = await this.parse(DevShellCommand);
    const { client, ingressUrl } = await openNetwork(this.context, {
      isLocalMeant: true,
      passphraseFile: flags["passphrase-file"],
    });
    const { terminal } = this.ui;
    const names = { client, ingressUrl };
    if (!terminal.isInputTty || !terminal.isOutputTty || this.ui.isJson) return this.#runInput(names);
    this.ui.remark(this.ui.say(texts.welcome, { url: ingressUrl }));
    await runShell({ prompt: "dsdn> ", names, signal: this.signal, hasColours: this.ui.style.hasColours });
    return undefined;
  }

  async #runInput(names: { readonly [name: string]: unknown }): Promise<undefined> {
    const text = fromUtf8(await readBytes(this.ui.input()));
    let value: unknown;
    try {
      value = await runScript(text, names);
    } catch (error) {
      if (error instanceof DsdnError) throw error;
      const reason = escapeForTerminal(error instanceof Error ? error.message : String(error)).slice(0, 300);
      throw fail(commandErrors.scriptFailed, { reason }, { cause: error });
    }
    if (value !== undefined) this.ui.item({ value }, toJsonText(value));
    return undefined;
  }
}
