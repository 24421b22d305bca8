import { defineError } from "../base/index.ts";

/** The errors of the room `intent`. */
export const intentErrors = {
  fieldUnknown: defineError({
    code: "DSDN_INTENT_FIELD_UNKNOWN",
    kind: "user",
    exit: 20,
    httpStatus: 422,
    text: {
      en: "The intent has no field called {field}.",
      enHint: "The fields are {known}; everything else is chosen for you.",
      id: "Intent tidak memiliki bagian bernama {field}.",
      idHint: "Bagian yang ada: {known}; selebihnya dipilihkan untuk Anda.",
    },
  }),
  fieldInvalid: defineError({
    code: "DSDN_INTENT_FIELD_INVALID",
    kind: "user",
    exit: 21,
    httpStatus: 422,
    text: {
      en: "The field {field} of the intent cannot be {given}.",
      enHint: "Choose one of {choices}.",
      id: "Bagian {field} pada intent tidak bisa berisi {given}.",
      idHint: "Pilih salah satu dari {choices}.",
    },
  }),
  typeUnsupported: defineError({
    code: "DSDN_INTENT_TYPE_UNSUPPORTED",
    kind: "user",
    exit: 22,
    httpStatus: 422,
    text: {
      en: "Workloads of type {type} cannot be deployed with this version.",
      enHint: "Choose one of {choices}.",
      id: "Beban kerja bertipe {type} belum bisa di-deploy dengan versi ini.",
      idHint: "Pilih salah satu dari {choices}.",
    },
  }),
};
