import { defineError } from "../base/index.ts";

/** The errors of the room `crypto`. Those about sealed bytes are named in the order in which they are checked. */
export const cryptoErrors = {
  keyLength: defineError({
    code: "DSDN_CRYPTO_KEY_LENGTH",
    kind: "bug",
    exit: 1,
    httpStatus: 500,
    text: {
      en: "The {what} has {actual} bytes where {expected} are needed.",
      enHint: "Check that the file or text holds the whole key.",
      id: "Panjang {what} adalah {actual} byte, padahal seharusnya {expected}.",
      idHint: "Pastikan berkas atau teksnya memuat kunci secara utuh.",
    },
  }),
  keyInvalid: defineError({
    code: "DSDN_CRYPTO_KEY_INVALID",
    kind: "user",
    exit: 40,
    httpStatus: 400,
    text: {
      en: "The {what} is not a valid key.",
      enHint: "Use the key exactly as it was given out.",
      id: "Isi {what} bukan kunci yang sah.",
      idHint: "Pakai kunci persis seperti saat dikeluarkan.",
    },
  }),
  merkleRange: defineError({
    code: "DSDN_CRYPTO_MERKLE_RANGE",
    kind: "bug",
    exit: 1,
    httpStatus: 400,
    text: {
      en: "A proof was asked for {count} items from {first}, but there are {leafCount}.",
      enHint: "Ask for a range inside the data.",
      id: "Diminta bukti untuk {count} butir mulai dari {first}, padahal hanya ada {leafCount}.",
      idHint: "Minta rentang yang berada di dalam data.",
    },
  }),
  typedDataInvalid: defineError({
    code: "DSDN_CRYPTO_TYPED_DATA_INVALID",
    kind: "bug",
    exit: 1,
    httpStatus: 400,
    text: {
      en: "The typed data cannot be hashed: {path} {reason}.",
      enHint: "Give every field of the type with a value that fits it.",
      id: "Data bertipe tidak dapat di-hash: {path} {reason}.",
      idHint: "Isi setiap bidang tipe itu dengan nilai yang sesuai.",
    },
  }),
};
