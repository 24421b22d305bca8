import { defineError } from "../base/index.ts";

/** The errors of the room `protocol`. */
export const protocolErrors = {
  notCanonical: defineError({
    code: "DSDN_PROTOCOL_NOT_CANONICAL",
    kind: "peer",
    exit: 40,
    httpStatus: 400,
    text: {
      en: "The {what} is not in the one form the network accepts ({reason}).",
      enHint: "It was made by a faulty program or changed on the way. Fetch it again from another source.",
      id: "{what} tidak dalam bentuk tunggal yang diterima jaringan ({reason}).",
      idHint: "Data itu dibuat program yang keliru atau berubah di jalan. Ambil lagi dari sumber lain.",
    },
  }),
  tooLarge: defineError({
    code: "DSDN_PROTOCOL_TOO_LARGE",
    kind: "peer",
    exit: 40,
    httpStatus: 413,
    text: {
      en: "The {what} has {actual} bytes; at most {limit} are allowed.",
      enHint: "Split it into smaller parts.",
      id: "{what} berukuran {actual} byte; paling banyak {limit} yang diizinkan.",
      idHint: "Bagi menjadi bagian yang lebih kecil.",
    },
  }),
  badSignature: defineError({
    code: "DSDN_PROTOCOL_BAD_SIGNATURE",
    kind: "peer",
    exit: 41,
    httpStatus: 400,
    text: {
      en: "The signature on the {what} is not valid.",
      enHint: "It was forged, altered, or made for another network. Do not trust it.",
      id: "Tanda tangan pada {what} tidak sah.",
      idHint: "Tanda tangan itu dipalsukan, diubah, atau dibuat untuk jaringan lain. Jangan dipercaya.",
    },
  }),
  badId: defineError({
    code: "DSDN_PROTOCOL_BAD_ID",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{given} is not a valid {what}.",
      enHint: "Copy it again from the output that showed it; `dsdn ls` lists what you own.",
      id: "{given} bukan {what} yang sah.",
      idHint: "Salin lagi dari keluaran yang menampilkannya; `dsdn ls` menampilkan milik Anda.",
    },
  }),
};
