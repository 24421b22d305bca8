export { BaseCommand, type CommandContext, type CommandTexts } from "./base-command.ts";
export { commandErrors } from "./errors.ts";
export {
  durationFlag,
  nameArg,
  nameFlag,
  numberFlag,
  pathArg,
  pathFlag,
  sizeFlag,
  switchFlag,
  textArg,
  textFlag,
  urlFlag,
} from "./flags.ts";
