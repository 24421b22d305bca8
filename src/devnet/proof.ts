import { createHmac } from "node:crypto";

/**
 * What only a devnet with this token can answer to the nonce, in hex: it tells nothing of the token.
 *
 * @source RFC 2104 with SHA-256
 */
export function proofOf(token: string, nonce: string): string {
  return createHmac("sha256", token).update(`dsdn/devnet-status/1/${nonce}`).digest("hex");
}
