import type { Block, CommandResult, Say } from "../../ui/index.ts";
import { readKeptKey, updateConfig } from "../framework/config/index.ts";
import { BaseCommand, type CommandTexts, nextStep, textArg } from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Dropped = Summary<"config unset">;

const texts = {
  done: { en: "{key} is not kept any more.", id: "{key} tidak lagi disimpan." },
  none: { en: "{key} was not kept.", id: "{key} memang tidak disimpan." },
} as const;

/** Drops a setting this user keeps. */
export default class ConfigUnsetCommand extends BaseCommand<Dropped> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Drop a setting you keep.", id: "Hapus setelan yang Anda simpan." },
    examples: [{ command: "config unset lang", text: { en: "Back to the locale.", id: "Kembali mengikuti locale." } }],
  };
  static override readonly args = {
    key: textArg({
      required: true,
      text: { en: "network, lang, verbosity or store.", id: "network, lang, verbosity, atau store." },
    }),
  };

  async run(): Promise<CommandResult<Dropped>> {
    const { args } = await this.parse(ConfigUnsetCommand);
    const { config, ui } = this.context;
    const key = readKeptKey(args.key);
    const isChanged = config.get().settings[key] !== undefined;
    if (isChanged) {
      await updateConfig(ui.terminal, this.context, (now) => {
        const { [key]: _, ...settings } = now.settings;
        return { ...now, settings };
      });
    }
    return { summary: { key, isChanged, path: config.path }, details: {}, audit: [{ step: "drop", key }] };
  }

  protected override view({ key, isChanged }: Dropped, say: Say): readonly Block[] {
    return [say(isChanged ? texts.done : texts.none, { key }), { essential: key }, nextStep(["config"])];
  }
}
