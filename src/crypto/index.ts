export * from "./chunk-merkle.ts";
export * from "./ed25519.ts";
export * from "./eip712.ts";
export {
  ENVELOPE_HEADER_BYTES,
  ENVELOPE_TAG_BYTES,
  type EnvelopeHeader,
  findPlainSize,
  isEnvelopeKey,
  parseEnvelopeHeader,
  SEGMENT_SIZE_LOG2_DEFAULT,
  sealedSize,
} from "./envelope.ts";
export * from "./errors.ts";
export * from "./hash.ts";
export * from "./hpke.ts";
export * from "./merkle.ts";
export * from "./opener.ts";
export * from "./password.ts";
export * from "./peer-id.ts";
export { platformCipher } from "./platform-cipher.ts";
export * from "./range-opener.ts";
export { type AsyncSealer, createPlatformSealer, createSealerWith, sealOnPlatform, sealWith } from "./seal-with.ts";
export { createSealer, type SaltSource, type Sealed, type Sealer, type SealOptions, seal } from "./sealer.ts";
export type { SealingCipher, SegmentCipher } from "./segment.ts";
export {
  COMMITMENT_BYTES_MIN,
  parseShare,
  SHARE_VERSION,
  type Share,
} from "./share.ts";
export * from "./share-recovery.ts";
export * from "./share-split.ts";
export * from "./wallet.ts";
export { type X25519Key, x25519OfEd25519 } from "./x25519.ts";
