import { defineError } from "../base/index.ts";

/** What can be wrong with a share link itself. None of the texts holds any of it: half of a link is a secret. */
export const linkErrors = {
  malformed: defineError({
    code: "DSDN_PROTOCOL_LINK_MALFORMED",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "This is not a whole share link.",
      enHint: "A link looks like https://<host>/links/<id>#<secret>. Copy all of it, with the part after the #.",
      id: "Ini bukan tautan berbagi yang utuh.",
      idHint: "Tautan berbentuk https://<host>/links/<id>#<rahasia>. Salin seluruhnya, termasuk bagian setelah #.",
    },
  }),
  wrongHalf: defineError({
    code: "DSDN_PROTOCOL_LINK_WRONG_HALF",
    kind: "user",
    exit: 41,
    httpStatus: 403,
    text: {
      en: "The part of the link after the # does not fit: it was cut off or changed.",
      enHint: "Copy the link again, all of it, or ask whoever sent it for it once more.",
      id: "Bagian tautan setelah # tidak cocok: terpotong atau berubah.",
      idHint: "Salin lagi tautan itu seluruhnya, atau minta lagi kepada pengirimnya.",
    },
  }),
};
