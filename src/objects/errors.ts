import { defineError } from "../base/index.ts";

/** The errors of the room `objects`. */
export const objectErrors = {
  manifestInvalid: defineError({
    code: "DSDN_OBJECTS_MANIFEST_INVALID",
    kind: "peer",
    exit: 40,
    httpStatus: 422,
    text: {
      en: "The object's manifest is not valid: {reason}.",
      enHint: "Nothing was written. Whoever published the object has to publish it again.",
      id: "Manifes objek tidak sah: {reason}.",
      idHint: "Tidak ada yang ditulis. Pemilik objek perlu menerbitkannya lagi.",
    },
  }),
  listingInvalid: defineError({
    code: "DSDN_OBJECTS_LISTING_INVALID",
    kind: "peer",
    exit: 40,
    httpStatus: 422,
    text: {
      en: "The object's list of files is not valid at {path}: {reason}.",
      enHint: "Nothing was written. Whoever published the object has to publish it again.",
      id: "Daftar berkas objek tidak sah pada {path}: {reason}.",
      idHint: "Tidak ada yang ditulis. Pemilik objek perlu menerbitkannya lagi.",
    },
  }),
  pathRefused: defineError({
    code: "DSDN_OBJECTS_PATH_REFUSED",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{path} cannot be stored as a path: {reason}.",
      enHint: "Rename the file, or leave it out.",
      id: "{path} tidak dapat disimpan sebagai jalur: {reason}.",
      idHint: "Ganti nama berkas itu, atau jangan disertakan.",
    },
  }),
  fileMissing: defineError({
    code: "DSDN_OBJECTS_FILE_MISSING",
    kind: "user",
    exit: 34,
    httpStatus: 404,
    text: {
      en: "The object holds no file {path}.",
      enHint: "List what it holds with `dsdn ls`.",
      id: "Objek itu tidak memuat berkas {path}.",
      idHint: "Lihat isinya dengan `dsdn ls`.",
    },
  }),
  keyNeeded: defineError({
    code: "DSDN_OBJECTS_KEY_NEEDED",
    kind: "user",
    exit: 41,
    httpStatus: 403,
    text: {
      en: "Object {object} is encrypted, and no key for it was given.",
      enHint: "Use the account that uploaded it, or recover its key from its shares.",
      id: "Objek {object} terenkripsi, dan kuncinya tidak diberikan.",
      idHint: "Pakai akun yang mengunggahnya, atau pulihkan kuncinya dari bagian-bagiannya.",
    },
  }),
  rangeOutside: defineError({
    code: "DSDN_OBJECTS_RANGE_OUTSIDE",
    kind: "user",
    exit: 2,
    httpStatus: 416,
    text: {
      en: "Bytes {offset} to {end} are not inside the file, which has {sizeBytes} bytes.",
      enHint: "Ask for a range inside the file.",
      id: "Byte {offset} sampai {end} berada di luar berkas yang berukuran {sizeBytes} byte.",
      idHint: "Minta rentang yang berada di dalam berkas.",
    },
  }),
  contentDamaged: defineError({
    code: "DSDN_OBJECTS_CONTENT_DAMAGED",
    kind: "peer",
    exit: 44,
    httpStatus: 502,
    text: {
      en: "The bytes of {path} do not match the hash in the object's list of files.",
      enHint: "Nothing was kept. Try again; if it stays, the uploader published a faulty object.",
      id: "Isi {path} tidak cocok dengan hash dalam daftar berkas objek.",
      idHint: "Tidak ada yang disimpan. Coba lagi; jika tetap, pengunggah menerbitkan objek yang keliru.",
    },
  }),
};
