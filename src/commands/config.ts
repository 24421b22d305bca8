import type { Block, CommandResult, Say, Text } from "../ui/index.ts";
import { describeSettings, findProjectNetwork, type Setting, settingSources } from "./framework/config/index.ts";
import { BaseCommand, type CommandTexts, nextStep, switchFlag } from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Shown = Summary<"config">;

const texts = {
  setting: { en: "Setting", id: "Setelan" },
  value: { en: "Value", id: "Nilai" },
  from: { en: "From", id: "Dari" },
} as const;

const levels: { readonly [level in Setting["level"]]: Text } = {
  flag: { en: "flag", id: "flag" },
  environment: { en: "environment", id: "lingkungan" },
  project: { en: "project", id: "proyek" },
  user: { en: "user", id: "pengguna" },
  default: { en: "default", id: "bawaan" },
};

/** Shows every setting and who decided it. */
export default class ConfigCommand extends BaseCommand<Shown> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Show every setting and where its value comes from.",
      id: "Tampilkan semua setelan dan asal nilainya.",
    },
    description: {
      en: "A flag goes before the environment, that before the project, that before what you keep (`dsdn config set`), that before the default. A project may only name a network.",
      id: "Flag mendahului lingkungan, lalu proyek, lalu yang Anda simpan (`dsdn config set`), lalu nilai bawaan. Proyek hanya boleh menyebut nama jaringan.",
    },
    examples: [
      { command: "config", text: { en: "What applies here.", id: "Yang berlaku di sini." } },
      {
        command: "config --explain",
        text: { en: "Also what was overruled.", id: "Juga yang dikalahkan." },
      },
    ],
  };
  static override readonly flags = {
    explain: switchFlag({
      text: {
        en: "Show everything that was said, the strongest first.",
        id: "Tampilkan semua yang disebut, yang terkuat dahulu.",
      },
    }),
  };
  #isExplained = false;

  async run(): Promise<CommandResult<Shown>> {
    const { flags } = await this.parse(ConfigCommand);
    this.#isExplained = flags.explain === true;
    const project = await findProjectNetwork(this.ui.terminal.folder);
    const { networks } = this.context.config.get();
    const settings = describeSettings(settingSources(this.context, project), networks);
    return { summary: { settings }, details: { file: this.context.config.path }, audit: [] };
  }

  protected override view({ settings }: Shown, say: Say): readonly Block[] {
    const head = [texts.setting, texts.value, texts.from].map((title) => say(title));
    const rows = settings.flatMap((setting) => {
      const place = (level: Setting["level"], at: string) =>
        at === "-" ? say(levels[level]) : `${say(levels[level])}: ${at}`;
      const own = [setting.key, setting.value ?? "-", place(setting.level, setting.place)];
      if (!this.#isExplained) return [own];
      const others = setting.said.filter(({ level, place: at }) => level !== setting.level || at !== setting.place);
      return [own, ...others.map((said) => ["", `(${said.value})`, place(said.level, said.place)])];
    });
    const essential = settings.map(({ key, value }) => `${key}=${value ?? ""}`).join("\n");
    return [
      { head, rows },
      { essential },
      this.#isExplained ? nextStep(["config", "set", "<key>", "<value>"]) : nextStep(["config", "--explain"]),
    ];
  }
}
