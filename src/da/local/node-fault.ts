import { fail } from "../../base/index.ts";
import { daErrors } from "../errors.ts";

/** An error in the words of a Celestia node; code 1 = application error. */
export function nodeFault(reason: string, rpcCode = 1) {
  return fail(daErrors.nodeRefused, { reason, rpcCode });
}
