import { fail } from "../../base/index.ts";
import type { Block, CommandResult, Say } from "../../ui/index.ts";
import { DEVNET, describeChoices, isKeptValue, readKeptKey, updateConfig } from "../framework/config/index.ts";
import { networkErrors } from "../framework/destination/network-errors.ts";
import { BaseCommand, type CommandTexts, commandErrors, nextStep, textArg } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Kept = Summary<"config set">;

const texts = {
  done: { en: "{key} is {value} where nothing else is said.", id: "{key} menjadi {value} bila tidak disebut lain." },
} as const;

/** Keeps a setting for this user. */
export default class ConfigSetCommand extends BaseCommand<Kept> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Keep a setting for yourself.", id: "Simpan sebuah setelan untuk Anda." },
    examples: [
      { command: "config set lang id", text: { en: "Speak Indonesian.", id: "Berbahasa Indonesia." } },
      {
        command: "config set store file",
        text: { en: "New keys rest in a file.", id: "Kunci baru disimpan di berkas." },
      },
    ],
  };
  static override readonly args = {
    key: textArg({
      required: true,
      text: { en: "network, lang, verbosity or store.", id: "network, lang, verbosity, atau store." },
    }),
    value: textArg({ required: true, text: { en: "Its value.", id: "Nilainya." } }),
  };

  async run(): Promise<CommandResult<Kept>> {
    const { args } = await this.parse(ConfigSetCommand);
    const { config, ui } = this.context;
    const key = readKeptKey(args.key);
    const { value } = args;
    if (!isKeptValue(key, value)) {
      throw fail(commandErrors.valueInvalid, {
        name: key,
        value: `'${value.slice(0, 80)}'`,
        expected: describeChoices(key),
      });
    }
    const { networks } = config.get();
    if (key === "network" && value !== DEVNET && !networks.has(value)) {
      const known = [DEVNET, ...networks.keys()].join(", ");
      throw fail(networkErrors.networkUnknown, { network: value, place: "<value>", known });
    }
    await updateConfig(ui.terminal, this.context, (now) => ({ ...now, settings: { ...now.settings, [key]: value } }));
    return { summary: { key, value, path: config.path }, details: {}, audit: [{ step: "keep", key }] };
  }

  protected override view({ key, value }: Kept, say: Say): readonly Block[] {
    return [say(texts.done, { key, value }), { essential: value }, nextStep(["config"])];
  }
}
