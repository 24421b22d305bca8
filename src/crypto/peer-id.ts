/**
 * The libp2p PeerId text of an Ed25519 key: base58btc of the identity multihash of the protobuf public key.
 *
 *   00 24 || 08 01 12 20 || public key (32)      always "12D3Koo...", 52 characters
 *
 * @source libp2p/specs peer-ids; differs: only Ed25519 and only the legacy base58btc text.
 */
import { base58 } from "@scure/base";
import { concatBytes, fail } from "../base/index.ts";
import { ED25519_KEY_BYTES } from "./ed25519.ts";
import { cryptoErrors } from "./errors.ts";

const PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);

/** The PeerId text of a public key. @throws DSDN_CRYPTO_KEY_LENGTH */
export function toPeerId(publicKey: Uint8Array): string {
  if (publicKey.length !== ED25519_KEY_BYTES) {
    throw fail(cryptoErrors.keyLength, {
      what: "Ed25519 public key",
      expected: ED25519_KEY_BYTES,
      actual: publicKey.length,
    });
  }
  return base58.encode(concatBytes(PREFIX, publicKey));
}
