import { type CommandClass, CommandConfig, type CommandContext } from "./base-command.ts";

/** Runs one command class. It stands in every command's bundle, so that the dispatcher itself never loads oclif. */
export function run(commandClass: CommandClass, argv: string[], context: CommandContext, id: string): Promise<number> {
  return new commandClass(argv, new CommandConfig(context, id)).complete();
}
