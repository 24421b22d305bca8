import { defineError } from "../../base/index.ts";

/** What can go wrong when something is shared by a link. */
export const linkClientErrors = {
  tooLarge: defineError({
    code: "DSDN_CLIENT_LINK_TOO_LARGE",
    kind: "user",
    exit: 20,
    httpStatus: 413,
    text: {
      en: "{path} holds too many files for a link of its own: their list takes {sizeBytes} bytes, and {limitBytes} is the most.",
      enHint: "Share the whole object, a smaller folder of it, or upload the folder by itself and share that.",
      id: "{path} berisi terlalu banyak berkas untuk tautan sendiri: daftarnya {sizeBytes} byte, paling banyak {limitBytes}.",
      idHint: "Bagikan seluruh objek, folder yang lebih kecil, atau unggah folder itu tersendiri lalu bagikan.",
    },
  }),
  lifeInvalid: defineError({
    code: "DSDN_CLIENT_LINK_LIFE_INVALID",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "A share link lasts from 1 second to {mostDays} days.",
      enHint: "Give a time such as 1h, 7d or 30d.",
      id: "Tautan berbagi berlaku 1 detik sampai {mostDays} hari.",
      idHint: "Berikan waktu seperti 1h, 7d, atau 30d.",
    },
  }),
};
