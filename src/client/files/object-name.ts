import { fail } from "../../base/index.ts";
import { findPathFault } from "../../objects/index.ts";
import { limits, looksLikeObjectId } from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";

/** The name, when an owner may give it to an object. @throws DSDN_CLIENT_NAME_REFUSED */
export function checkName(name: string): string {
  const reason =
    name === "" || Buffer.byteLength(name) > limits.nameBytes
      ? `names have 1 to ${limits.nameBytes} bytes`
      : looksLikeObjectId(name)
        ? "it looks like a CID"
        : name.includes("/")
          ? "it holds a slash"
          : findPathFault(name);
  if (reason !== undefined) throw fail(clientErrors.nameRefused, { name, reason });
  return name;
}
