import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import type { Text } from "../../ui/index.ts";
import {
  checkText,
  parseDuration,
  parseName,
  parsePath,
  parseRoot,
  parseSize,
  parseUrl,
  parseWholeNumber,
} from "./values.ts";

/** Each flag and argument says in both languages what it is for. */
// Optional only for oclif's types; the build refuses a flag or argument without it.
type Described = { readonly text?: Text };

type Ranged = Described & { readonly min?: number; readonly max?: number };

const flagName = (name: string) => `--${name}`;

/** `--flag` without a value. */
export function switchFlag(
  options: Described & { char?: "f" | "d" | "a" | "l" | "y"; allowNo?: boolean; exclusive?: string[] },
) {
  return Flags.boolean(options);
}

/** Any visible text of 1..4096 bytes; `options: [...]` limits it to those words. */
export const textFlag = Flags.custom<string, Described>({
  parse: async (input, _context, options) => checkText(flagName(options.name), input),
});

/** A name the network keeps; see `parseName`. */
export const nameFlag = Flags.custom<string, Described>({
  parse: async (input, _context, options) => parseName(flagName(options.name), input),
});

/** A path on this machine, as typed. */
export const pathFlag = Flags.custom<string, Described>({
  parse: async (input, _context, options) => parsePath(flagName(options.name), input),
});

/** An http or https address without credentials. */
export const urlFlag = Flags.custom<string, Described>({
  parse: async (input, _context, options) => parseUrl(flagName(options.name), input),
});

/** A state root in hex; see `parseRoot`. */
export const rootFlag = Flags.custom<string, Described>({
  parse: async (input, _context, options) => parseRoot(flagName(options.name), input),
});

/** A whole number in `min`..`max`. */
export const numberFlag = Flags.custom<number, Ranged>({
  parse: async (input, _context, options) => parseWholeNumber(flagName(options.name), input, options),
});

/** A duration such as `30s`; the value is milliseconds. */
export const durationFlag = Flags.custom<number, Described>({
  parse: async (input, _context, options) => parseDuration(flagName(options.name), input),
});

/** An amount of data such as `10GB`; the value is bytes. */
export const sizeFlag = Flags.custom<number, Described>({
  parse: async (input, _context, options) => parseSize(flagName(options.name), input),
});

/** Any visible text. Arguments never read standard input by themselves. */
export const textArg = Args.custom<string, Described>({
  ignoreStdin: true,
  parse: async (input, _context, options) => checkText(options.name, input),
});

/** A name the network keeps. */
export const nameArg = Args.custom<string, Described>({
  ignoreStdin: true,
  parse: async (input, _context, options) => parseName(options.name, input),
});

/** A path on this machine, as typed; `-` is passed on for standard input. */
export const pathArg = Args.custom<string, Described>({
  ignoreStdin: true,
  parse: async (input, _context, options) => parsePath(options.name, input),
});
