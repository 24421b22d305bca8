import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findHex, toHex } from "../../../src/base/index.ts";
import { hpkeOpen, hpkeSeal } from "../../../src/crypto/index.ts";
import { x25519FromSecret } from "../../../src/crypto/x25519.ts";

interface Vector {
  readonly info: string;
  readonly ikmE: string;
  readonly skRm: string;
  readonly pkRm: string;
  readonly pkEm: string;
  readonly enc: string;
  readonly encryptions: readonly { readonly aad: string; readonly ct: string; readonly nonce: string; readonly pt: string }[];
}

const url = new URL("hpke/base-x25519-sha256-aes256gcm.json", import.meta.url);
const vectors: readonly Vector[] = JSON.parse(readFileSync(url, "utf8"));
const bytes = (hex: string) => findHex(hex) ?? expect.fail(`not hex: ${hex}`);

/** Of each context the first message is ours: this program sends one a context (its nonce is `base_nonce`). */
const cases = vectors.map((vector) => ({ ...vector, first: vector.encryptions[0] ?? expect.fail("no message") }));

test("RFC 9180: sealing with the published ephemeral key material gives the published bytes", () => {
  expect(cases).toHaveLength(1);
  for (const { info, ikmE, pkRm, pkEm, enc, first } of cases) {
    const binding = { recipient: bytes(pkRm), info: bytes(info), associatedData: bytes(first.aad) };
    const sealed = hpkeSeal(binding, bytes(first.pt), { random: { bytes: () => bytes(ikmE) } });
    expect(toHex(sealed)).toBe(enc + first.ct);
    expect(enc).toBe(pkEm);
  }
});

test("RFC 9180: the published message opens with the published key, and its later ones do not", () => {
  let later = 0;
  for (const { info, skRm, pkRm, enc, first, encryptions } of cases) {
    const key = x25519FromSecret(bytes(skRm));
    expect(toHex(key.publicKey)).toBe(pkRm);
    const open = (message: (typeof encryptions)[number]) =>
      toHex(hpkeOpen({ key, info: bytes(info), associatedData: bytes(message.aad) }, bytes(enc + message.ct)));
    expect(open(first)).toBe(first.pt);
    for (const message of encryptions.slice(1)) {
      expect(() => open(message)).toThrow(expect.objectContaining({ code: "DSDN_CRYPTO_SEALED_TO_OTHER" }));
      later++;
    }
  }
  expect(later).toBe(256);
});
