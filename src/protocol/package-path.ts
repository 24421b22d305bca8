import { limits } from "./limits.ts";
import { text } from "./schema.ts";

/** A path of a packaged file: relative, forward slashes, no empty, `.` or `..` segment, no backslash or control character. */
export const packagePath = text(limits.pathBytes, 1).refine(
  (path) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
    !/[\\\u0000-\u001f\u007f]/.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== ".."),
  { error: "must be a plain relative path" },
);
