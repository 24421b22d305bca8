import { defineError } from "../../../base/index.ts";

/** What an ingress says about share links. */
export const linkDoorErrors = {
  unknown: defineError({
    code: "DSDN_INGRESS_LINK_UNKNOWN",
    kind: "user",
    exit: 38,
    httpStatus: 404,
    text: {
      en: "This ingress knows no share link {link}.",
      enHint: "Copy the link again, all of it. A link that ended more than a month ago is forgotten.",
      id: "Ingress ini tidak mengenal tautan berbagi {link}.",
      idHint: "Salin lagi tautannya seluruhnya. Tautan yang berakhir lebih dari sebulan lalu sudah dilupakan.",
    },
  }),
  expired: defineError({
    code: "DSDN_INGRESS_LINK_EXPIRED",
    kind: "user",
    exit: 38,
    httpStatus: 410,
    text: {
      en: "The share link {link} has expired. It opens nothing any more.",
      enHint: "Ask whoever sent it for a new one.",
      id: "Tautan berbagi {link} sudah kedaluwarsa. Tautan itu tidak membuka apa pun lagi.",
      idHint: "Minta yang baru kepada pengirimnya.",
    },
  }),
  revoked: defineError({
    code: "DSDN_INGRESS_LINK_REVOKED",
    kind: "user",
    exit: 38,
    httpStatus: 410,
    text: {
      en: "The share link {link} was revoked by its owner. It opens nothing any more.",
      enHint: "Ask whoever sent it for a new one.",
      id: "Tautan berbagi {link} sudah dicabut pemiliknya. Tautan itu tidak membuka apa pun lagi.",
      idHint: "Minta yang baru kepada pengirimnya.",
    },
  }),
  removed: defineError({
    code: "DSDN_INGRESS_LINK_OBJECT_REMOVED",
    kind: "user",
    exit: 38,
    httpStatus: 410,
    text: {
      en: "What the share link {link} opened is kept no more: its owner removed it, or its time had come.",
      enHint: "Ask whoever sent it for a new one.",
      id: "Isi tautan berbagi {link} tidak disimpan lagi: pemiliknya menghapusnya, atau masa simpannya habis.",
      idHint: "Minta yang baru kepada pengirimnya.",
    },
  }),
  refused: defineError({
    code: "DSDN_INGRESS_LINK_REFUSED",
    kind: "user",
    exit: 41,
    httpStatus: 403,
    text: {
      en: "The ingress refused the request about a share link: {reason}.",
      enHint: "Check this machine's clock, and that you use the account that owns the object.",
      id: "Ingress menolak permintaan tentang tautan berbagi: {reason}.",
      idHint: "Periksa jam mesin ini, dan pastikan memakai akun pemilik objek itu.",
    },
  }),
  notHeld: defineError({
    code: "DSDN_INGRESS_LINK_NOT_HELD",
    kind: "user",
    exit: 38,
    httpStatus: 404,
    text: {
      en: "Your account keeps no object {object}, so there is nothing to share.",
      enHint: "List what you own with `dsdn ls`. A public object needs no link: its CID is enough.",
      id: "Akun Anda tidak menyimpan objek {object}, jadi tidak ada yang dapat dibagikan.",
      idHint: "Lihat milik Anda dengan `dsdn ls`. Objek publik tidak perlu tautan: CID-nya cukup.",
    },
  }),
  full: defineError({
    code: "DSDN_INGRESS_LINKS_FULL",
    kind: "user",
    exit: 39,
    httpStatus: 409,
    text: {
      en: "This ingress keeps no more share links for you: {what}.",
      enHint: "Revoke links you no longer need: `dsdn links list`, then `dsdn links revoke <id>`.",
      id: "Ingress ini tidak dapat menyimpan tautan berbagi lagi untuk Anda: {what}.",
      idHint: "Cabut tautan yang tidak diperlukan: `dsdn links list`, lalu `dsdn links revoke <id>`.",
    },
  }),
};
