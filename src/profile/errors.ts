import { defineError } from "../base/index.ts";

/** The errors of what a user keeps on this machine. */
export const profileErrors = {
  configInvalid: defineError({
    code: "DSDN_PROFILE_CONFIG_INVALID",
    kind: "user",
    exit: 15,
    httpStatus: 400,
    text: {
      en: "{path} cannot be used: {field} must be {expected}.",
      enHint: "Correct it, or move the file away and set up again with `dsdn network add` and `dsdn config set`.",
      id: "{path} tidak dapat dipakai: {field} harus {expected}.",
      idHint: "Perbaiki, atau pindahkan berkas itu lalu atur lagi dengan `dsdn network add` dan `dsdn config set`.",
    },
  }),
  fileExposed: defineError({
    code: "DSDN_PROFILE_FILE_EXPOSED",
    kind: "user",
    exit: 15,
    httpStatus: 403,
    text: {
      en: "{path} is not used: others on this machine could read or change it, or it is no plain file.",
      enHint: "Make it yours alone: chmod 600 {path}",
      id: "{path} tidak dipakai: orang lain di mesin ini dapat membaca atau mengubahnya, atau bukan berkas biasa.",
      idHint: "Jadikan milik Anda sendiri: chmod 600 {path}",
    },
  }),
  sessionTwice: defineError({
    code: "DSDN_PROFILE_SESSION_TWICE",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "DSDN_SESSION and DSDN_SESSION_FILE are both set; which session is meant is not clear.",
      enHint: "Unset one of them.",
      id: "DSDN_SESSION dan DSDN_SESSION_FILE sama-sama disetel; tidak jelas sesi mana yang dimaksud.",
      idHint: "Hapus salah satunya.",
    },
  }),
};
