import { type DsdnError, fail } from "../base/index.ts";
import { daErrors } from "./errors.ts";

/** What a call was about, for the facts of its error. */
export interface CallSubject {
  readonly method: string;
  /** 0 when the call is about no height. */
  readonly height: number;
  readonly sizeBytes: number;
  readonly limitBytes: number;
}

type Rule = readonly [pattern: RegExp, build: (subject: CallSubject, reason: string) => DsdnError];

/** Texts of a Celestia node, matched as parts: they come wrapped in prefixes. @source celestia-node, celestia-app (docs/en/data-availability.md) */
const RULES: readonly Rule[] = [
  [/missing permission to invoke/, ({ method }) => fail(daErrors.unauthorised, { method })],
  [/given height is from the future/, ({ height }) => fail(daErrors.heightFuture, { height })],
  [/syncing in progress|share: data not available|data not found/, (_, reason) => fail(daErrors.syncing, { reason })],
  [
    /below Tail|timestamp outside sampling window|header: not found/,
    ({ height }) => fail(daErrors.heightPruned, { height }),
  ],
  [/blob: not found/, ({ height }) => fail(daErrors.blobMissing, { height })],
  [
    /transaction size exceeds|larger than the application's configured MaxTxSize|blob\(s\) too large|total blob size too large|request bigger than maximum/,
    ({ sizeBytes, limitBytes }) => fail(daErrors.blobTooLarge, { sizeBytes, limitBytes }),
  ],
  [/data can not be empty|no blobs provided|zero blob size/, () => fail(daErrors.blobEmpty, {})],
  [/account for signer .* not found|insufficient funds/, (_, reason) => fail(daErrors.accountUnfunded, { reason })],
  [
    /insufficient (?:estimated )?gas price|exceeds max gas price|insufficient fee/,
    (_, reason) => fail(daErrors.feeTooLow, { reason }),
  ],
  [/[Nn]amespace/, (_, reason) => fail(daErrors.namespaceInvalid, { reason })],
];

/** The error of this room for an error text of the node; DSDN_DA_REFUSED for a text we do not know. */
export function errorOfNode(message: string, subject: CallSubject): DsdnError {
  const reason = message.slice(0, 300);
  const rule = RULES.find(([pattern]) => pattern.test(message));
  return rule === undefined ? fail(daErrors.refused, { method: subject.method, reason }) : rule[1](subject, reason);
}
