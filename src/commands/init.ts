import { basename, relative, resolve } from "node:path";
import { fail, systemDisk, systemFileTree } from "../base/index.ts";
import { initFrom, initProject, listTemplates } from "../packager/index.ts";
import type { Block, CommandResult, Say } from "../ui/index.ts";
import {
  BaseCommand,
  type CiPlace,
  type CommandTexts,
  ciHosts,
  commandErrors,
  findCiOffer,
  findCiPlace,
  nextStep,
  pathArg,
  pathFlag,
  textFlag,
  writeCiFile,
} from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type Project = Summary<"init">;

const DEFAULT_TEMPLATE = "web-app";

const texts = {
  made: {
    en: "{folder} holds a new {template} project of {files} files.",
    id: "{folder} berisi proyek {template} baru, {files} berkas.",
  },
  madeFrom: {
    en: "{folder} holds what {from} held, {files} files.",
    id: "{folder} berisi isi {from}, {files} berkas.",
  },
  skipped: {
    en: "Left out: {paths}. Repositories, installed packages and secrets are not copied.",
    id: "Dilewati: {paths}. Repositori, paket terpasang, dan rahasia tidak disalin.",
  },
  first: { en: "after dsdn dev start -d", id: "setelah dsdn dev start -d" },
  ci: {
    en: "{path} deploys it with {host}: production on a push, a preview for each request to merge.",
    id: "{path} men-deploy-nya dengan {host}: produksi saat push, pratinjau untuk setiap pull request atau merge request.",
  },
  secret: {
    en: "into the secret DSDN_SESSION there; the file says what else it needs",
    id: "ke rahasia DSDN_SESSION di sana; berkas itu menyebut apa lagi yang diperlukan",
  },
  offer: {
    en: "The repository is at {host}. Write {path}, which deploys the project from there?",
    id: "Repositorinya ada di {host}. Tulis {path}, yang men-deploy proyek ini dari sana?",
  },
  folder: { en: "Which folder should the project be in?", id: "Proyeknya ditaruh di folder apa?" },
  template: { en: "What do you want to start with?", id: "Anda mau mulai dari apa?" },
} as const;

const hostNames = { github: "GitHub", gitlab: "GitLab" } as const;

/** What the templates are, for the person who chooses; one without a line here is shown by its name. */
const templateTexts = {
  "web-app": { en: "web-app: a site with an API", id: "web-app: situs dengan API" },
  "ai-inference": {
    en: "ai-inference: a model and a page that asks it",
    id: "ai-inference: model dan halaman yang bertanya kepadanya",
  },
  "data-pipeline": {
    en: "data-pipeline: a program that runs once over data",
    id: "data-pipeline: program yang sekali jalan mengolah data",
  },
  "storage-only": { en: "storage-only: files, public and private", id: "storage-only: berkas, publik dan privat" },
} as const;

/** Makes a new project of a template, a folder or an archive. */
export default class InitCommand extends BaseCommand<Project> {
  static override readonly texts: CommandTexts = {
    summary: {
      en: "Start a project from a template, a folder or an archive.",
      id: "Mulai proyek dari templat, folder, atau arsip.",
    },
    description: {
      en: "In a terminal it asks for what is not said. An archive is judged whole before anything is written: entries that lead out of the folder, links, twins and bombs are refused.",
      id: "Di terminal, yang belum disebut akan ditanyakan. Arsip diperiksa seluruhnya sebelum ada yang ditulis: entri yang keluar dari folder, tautan, nama kembar, dan bom arsip ditolak.",
    },
    examples: [
      {
        command: "init my-app --template web-app",
        text: { en: "A static site with an API.", id: "Situs statis dengan API." },
      },
      {
        command: "init my-app --from project.zip",
        text: { en: "From an archive.", id: "Dari sebuah arsip." },
      },
      {
        command: "init --ci github",
        text: { en: "A pipeline for the project here.", id: "Pipeline untuk proyek di sini." },
      },
    ],
  };
  static override readonly args = {
    folder: pathArg({
      text: { en: "Folder to make; empty or not there yet.", id: "Folder yang dibuat; kosong atau belum ada." },
    }),
  };
  static override readonly flags = {
    template: textFlag({
      exclusive: ["from"],
      text: {
        en: "Template to copy; web-app unless asked or said.",
        id: "Templat yang disalin; web-app bila tidak ditanya atau disebut.",
      },
    }),
    from: pathFlag({
      exclusive: ["template"],
      text: {
        en: "Folder or archive to start from: .zip, .tar, .tar.gz.",
        id: "Folder atau arsip untuk memulai: .zip, .tar, .tar.gz.",
      },
    }),
    ci: textFlag({
      options: [...ciHosts],
      text: {
        en: "Write a pipeline file that deploys; into a folder with a project, that alone.",
        id: "Tulis berkas pipeline yang men-deploy; di folder yang berisi proyek, hanya itu.",
      },
    }),
  };

  async run(): Promise<CommandResult<Project>> {
    const { args, flags } = await this.parse(InitCommand);
    const { prompts, terminal } = this.ui;
    const host = ciHosts.find((known) => known === flags.ci);
    if (host !== undefined && flags.template === undefined && flags.from === undefined) {
      const there = resolve(terminal.folder, args.folder ?? ".");
      if (await holdsAnything(there)) return this.#writeCiOnly(there, await findCiPlace(there, host));
    }
    if (args.folder === undefined && !prompts.canAsk)
      throw fail(commandErrors.argumentMissing, { command: "init", argument: "folder" });
    const template = flags.from === undefined ? await this.#chooseTemplate(flags.template) : null;
    const name =
      args.folder ?? (await prompts.text(this.ui.say(texts.folder), { initial: suggestName(template, flags.from) }));
    const folder = resolve(terminal.folder, name);
    // Looked at first: where the file cannot be written, nothing is.
    const place = host === undefined ? undefined : await findCiPlace(folder, host);
    const deps = { tree: systemFileTree(), disk: systemDisk() };
    const from = flags.from === undefined ? null : resolve(terminal.folder, flags.from);
    const { language: agents } = this.ui;
    const made =
      from === null
        ? { ...(await initProject({ template: template ?? DEFAULT_TEMPLATE, folder, agents }, deps)), skipped: [] }
        : await initFrom({ from, folder, agents }, deps);
    const ci = await this.#writeCi(folder, place ?? (await this.#offerCi(folder)));
    return {
      summary: { folder: made.folder, template, from, files: [...made.files], skipped: [...made.skipped], ci },
      details: { files: made.files.length },
      audit: made.files.map((path) => ({ step: "write file", path })),
    };
  }

  async #writeCiOnly(folder: string, place: CiPlace): Promise<CommandResult<Project>> {
    const ci = await this.#writeCi(folder, place);
    return {
      summary: { folder, template: null, from: null, files: [], skipped: [], ci },
      details: {},
      audit: [{ step: "write file", path: place.path }],
    };
  }

  async #writeCi(folder: string, place: CiPlace | undefined): Promise<Project["ci"]> {
    if (place === undefined) return null;
    await writeCiFile(place, { folder, version: this.config.version });
    return { host: place.host, path: place.path };
  }

  /** In a terminal, where the repository's remote says which host it has. */
  async #offerCi(folder: string): Promise<CiPlace | undefined> {
    const { prompts, terminal } = this.ui;
    if (!prompts.canAsk) return undefined;
    const place = await findCiOffer(folder);
    if (place === undefined) return undefined;
    const facts = { host: hostNames[place.host], path: relative(terminal.folder, place.path) };
    return (await prompts.confirm(this.ui.say(texts.offer, facts))) ? place : undefined;
  }

  /** What the flag says; asked in a terminal, the first of them elsewhere. */
  async #chooseTemplate(said: string | undefined): Promise<string> {
    if (said !== undefined || !this.ui.prompts.canAsk) return said ?? DEFAULT_TEMPLATE;
    const names = await listTemplates(systemFileTree());
    const ordered = names.toSorted((left, right) => +(right === DEFAULT_TEMPLATE) - +(left === DEFAULT_TEMPLATE));
    const known: Readonly<Record<string, (typeof templateTexts)[keyof typeof templateTexts]>> = templateTexts;
    const choices = ordered.map((value) => {
      const text = known[value];
      return { value, label: text === undefined ? value : this.ui.say(text) };
    });
    return this.ui.prompts.choose(this.ui.say(texts.template), choices);
  }

  protected override view({ folder, template, from, files, skipped, ci }: Project, say: Say): readonly Block[] {
    const ciLine = ci === null ? [] : [say(texts.ci, { path: ci.path, host: hostNames[ci.host] })];
    const grant = nextStep(["session", "grant", "--name", "ci", "--print"], say(texts.secret));
    if (template === null && from === null) return [...ciLine, { essential: ci?.path ?? folder }, grant];
    const made = { folder, files: files.length };
    const line =
      from === null ? say(texts.made, { ...made, template: template ?? "" }) : say(texts.madeFrom, { ...made, from });
    return [
      line,
      { more: files.map((path) => `  ${path}`) },
      ...(skipped.length === 0 ? [] : [say(texts.skipped, { paths: skipped.join(", ") })]),
      ...ciLine,
      { essential: folder },
      nextStep(["deploy", folder, ...(template === "data-pipeline" ? ["--wait"] : [])], say(texts.first)),
    ];
  }
}

/** True for a folder with anything in it: there is a project, and no other is put there. */
async function holdsAnything(folder: string): Promise<boolean> {
  const tree = systemFileTree();
  return (await tree.find(folder))?.kind === "folder" && (await tree.list(folder, 1)).length > 0;
}

function suggestName(template: string | null, from: string | undefined): string {
  return from === undefined ? `my-${template ?? "app"}` : basename(from).replace(/\.(zip|tar|tar\.gz|tgz)$/i, "");
}
