import { baseErrors, fail, fromUtf8, systemDisk } from "../base/index.ts";
import { profileErrors } from "./errors.ts";

/** No token, session or set of certificates is longer. */
const FILE_BYTES_MAX = 256 * 1024;

/** The text of a file the user names. @throws DSDN_BASE_FILE_MISSING, DSDN_BASE_FILE_FAILED, DSDN_PROFILE_CONFIG_INVALID */
export async function readText(path: string): Promise<string> {
  const bytes = await systemDisk().findRange(path, 0, FILE_BYTES_MAX + 1);
  if (bytes === undefined) throw fail(baseErrors.fileMissing, { path });
  if (bytes.length <= FILE_BYTES_MAX) return fromUtf8(bytes);
  throw fail(profileErrors.configInvalid, { path, field: "bytes", expected: `0 .. ${FILE_BYTES_MAX}` });
}
