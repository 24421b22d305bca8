import { defineError } from "../../base/index.ts";

/** The errors that every role can answer with. */
export const roleErrors = {
  heightUnknown: defineError({
    code: "DSDN_ROLES_HEIGHT_UNKNOWN",
    kind: "user",
    exit: 38,
    httpStatus: 404,
    text: {
      en: "No state root is kept for height {height}.",
      enHint: "Ask for a newer height, or replay the log with `dsdn verify state`.",
      id: "Tidak ada akar keadaan tersimpan untuk ketinggian {height}.",
      idHint: "Minta ketinggian yang lebih baru, atau putar ulang log dengan `dsdn verify state`.",
    },
  }),
  packageInvalid: defineError({
    code: "DSDN_ROLES_PACKAGE_INVALID",
    kind: "peer",
    exit: 42,
    httpStatus: 422,
    text: {
      en: "The package is not what its deployer signed: {reason}.",
      enHint: "Deploy it again from a clean folder.",
      id: "Paket tidak sama dengan yang ditandatangani pengirimnya: {reason}.",
      idHint: "Deploy lagi dari folder yang bersih.",
    },
  }),
};
