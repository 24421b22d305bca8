import { defineError } from "../base/index.ts";

/** The errors of the room `storage`. */
export const storageErrors = {
  noSpace: defineError({
    code: "DSDN_STORAGE_NO_SPACE",
    kind: "network",
    exit: 14,
    httpStatus: 507,
    isRetryable: true,
    text: {
      en: "There is no room for {neededBytes} more bytes in this store; {freeBytes} are free.",
      enHint: "Another node will take the chunk. The operator can free space or raise the node's capacity.",
      id: "Tidak ada ruang untuk {neededBytes} byte lagi di penyimpanan ini; yang kosong {freeBytes} byte.",
      idHint: "Node lain akan menerima potongan itu. Operator dapat mengosongkan ruang atau menaikkan kapasitas node.",
    },
  }),
  hashMismatch: defineError({
    code: "DSDN_STORAGE_HASH_MISMATCH",
    kind: "peer",
    exit: 43,
    httpStatus: 400,
    text: {
      en: "The bytes sent are not those of chunk {chunk}.",
      enHint: "They were changed on the way. Send the chunk again.",
      id: "Byte yang dikirim bukan isi potongan {chunk}.",
      idHint: "Byte itu berubah di jalan. Kirim ulang potongannya.",
    },
  }),
  sizeRefused: defineError({
    code: "DSDN_STORAGE_SIZE_REFUSED",
    kind: "peer",
    exit: 2,
    httpStatus: 413,
    text: {
      en: "A chunk of {sizeBytes} bytes is not stored; chunks have 1 to {limitBytes} bytes.",
      enHint: "Split the data into chunks of at most that size.",
      id: "Potongan berukuran {sizeBytes} byte tidak disimpan; ukuran potongan 1 sampai {limitBytes} byte.",
      idHint: "Bagi data menjadi potongan yang tidak melebihi ukuran itu.",
    },
  }),
  nameRefused: defineError({
    code: "DSDN_STORAGE_NAME_REFUSED",
    kind: "bug",
    exit: 1,
    httpStatus: 500,
    text: {
      en: "{name} cannot name bytes kept beside a chunk.",
      enHint: "Use 1 to 32 lower-case letters, digits and hyphens, beginning with a letter.",
      id: "{name} tidak dapat menjadi nama data di samping potongan.",
      idHint: "Pakai 1 sampai 32 huruf kecil, angka, dan tanda hubung, diawali huruf.",
    },
  }),
  formatUnknown: defineError({
    code: "DSDN_STORAGE_FORMAT_UNKNOWN",
    kind: "user",
    exit: 15,
    httpStatus: 500,
    text: {
      en: "The chunks in {folder} are in a format this version cannot read ({format}).",
      enHint: "A newer dsdn wrote them. Update dsdn; nothing in the folder was changed.",
      id: "Potongan di {folder} memakai format yang tidak dapat dibaca versi ini ({format}).",
      idHint: "Format itu ditulis dsdn yang lebih baru. Perbarui dsdn; isi folder tidak diubah.",
    },
  }),
};
