// Turns the command classes into the static manifest and refuses what the help could not explain.

import { topics } from "../src/commands/framework/help/topics.ts";
import type { CommandEntry, FlagEntry, Manifest } from "../src/commands/framework/manifest.ts";
import { builtinCommands } from "../src/commands/framework/manifest.ts";

interface OclifFlag {
  readonly type: string;
  readonly char?: string;
  readonly text?: { en: string; id: string };
  readonly options?: readonly string[];
  readonly default?: unknown;
  readonly required?: boolean;
  readonly hidden?: boolean;
}

interface OclifArgument {
  readonly text?: { en: string; id: string };
  readonly required?: boolean;
  readonly multiple?: boolean;
  readonly options?: readonly string[];
}

interface LoadedCommand {
  readonly texts?: Pick<CommandEntry, "summary" | "description"> & Partial<Pick<CommandEntry, "examples">>;
  readonly flags?: { readonly [name: string]: OclifFlag };
  readonly args?: { readonly [name: string]: OclifArgument };
}

/** The manifest of the commands `ids`. @throws Error when a text is missing: the build is where that shows. */
export async function readManifest(options: {
  version: string;
  ids: readonly string[];
  fileOf: (id: string) => string;
  load: (id: string) => Promise<unknown>;
}): Promise<Manifest> {
  const entries: CommandEntry[] = [...builtinCommands];
  for (const id of options.ids) {
    const { default: command } = (await options.load(id)) as { default: LoadedCommand };
    entries.push(toEntry(id, options.fileOf(id), command));
  }
  const commands = entries.sort((left, right) => (left.id < right.id ? -1 : 1));
  const used = new Set(commands.flatMap(({ id }) => prefixes(id)));
  for (const topic of used) if (topics[topic] === undefined) throw new Error(`topics.ts does not explain '${topic}'`);
  return {
    version: options.version,
    commands,
    topics: Object.fromEntries(Object.entries(topics).filter(([topic]) => used.has(topic))),
  };
}

function prefixes(id: string): string[] {
  const words = id.split(" ");
  return words.slice(1).map((_, index) => words.slice(0, index + 1).join(" "));
}

function toEntry(id: string, file: string, command: LoadedCommand): CommandEntry {
  const { texts } = command;
  if (texts === undefined) throw new Error(`the command '${id}' has no static texts`);
  return {
    id,
    file,
    summary: texts.summary,
    ...(texts.description === undefined ? {} : { description: texts.description }),
    examples: texts.examples ?? [],
    args: Object.entries(command.args ?? {}).map(([name, arg]) => ({
      name,
      text: described(arg.text, `${id} <${name}>`),
      isRequired: arg.required === true,
      isMultiple: arg.multiple === true,
      ...(arg.options === undefined ? {} : { choices: arg.options }),
    })),
    flags: Object.entries(command.flags ?? {})
      .filter(([, flag]) => flag.hidden !== true)
      .map(([name, flag]) => toFlag(id, name, flag)),
  };
}

function toFlag(id: string, name: string, flag: OclifFlag): FlagEntry {
  const standard = flag.default;
  return {
    name,
    ...(flag.char === undefined ? {} : { char: flag.char }),
    text: described(flag.text, `${id} --${name}`),
    takesValue: flag.type === "option",
    ...(flag.options === undefined ? {} : { choices: flag.options }),
    ...(typeof standard === "string" || typeof standard === "number" ? { default: String(standard) } : {}),
    isRequired: flag.required === true,
  };
}

function described(text: { en: string; id: string } | undefined, where: string): { en: string; id: string } {
  if (text === undefined) throw new Error(`'${where}' has no text`);
  return text;
}
