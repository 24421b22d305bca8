import { resolve } from "node:path";
import { systemDisk, systemFileTree } from "../base/index.ts";
import { initProject } from "../packager/index.ts";
import type { Block, CommandResult, Say } from "../ui/index.ts";
import { BaseCommand, type CommandTexts, pathArg, textFlag } from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Project = Summary<"init">;

const texts = {
  made: { en: "{folder} holds a new {template} project.", id: "{folder} berisi proyek {template} baru." },
} as const;

/** Copies a template into a new project folder. */
export default class InitCommand extends BaseCommand<Project> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Start a project from a template.", id: "Mulai proyek dari sebuah templat." },
    examples: [
      {
        command: "init my-app --template web-app",
        text: { en: "A static site with an API.", id: "Situs statis dengan API." },
      },
    ],
  };
  static override readonly args = {
    folder: pathArg({
      required: true,
      text: { en: "Folder to make; empty or not there yet.", id: "Folder yang dibuat; kosong atau belum ada." },
    }),
  };
  static override readonly flags = {
    template: textFlag({ default: "web-app", text: { en: "Template to copy.", id: "Templat yang disalin." } }),
  };

  async run(): Promise<CommandResult<Project>> {
    const { args, flags } = await this.parse(InitCommand);
    const { template } = flags;
    const wanted = resolve(this.ui.terminal.folder, args.folder);
    const { folder, files } = await initProject(
      { template, folder: wanted },
      { tree: systemFileTree(), disk: systemDisk() },
    );
    return {
      summary: { folder, template, files },
      details: { files: files.length },
      audit: files.map((path) => ({ step: "write file", path })),
    };
  }

  protected override view({ folder, template, files }: Project, say: Say): readonly Block[] {
    return [
      say(texts.made, { folder, template }),
      ...files.map((path) => `  ${path}`),
      { essential: folder },
      { next: `dsdn dev start -d && dsdn deploy ${folder}` },
    ];
  }
}
