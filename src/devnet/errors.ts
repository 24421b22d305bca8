import { defineError } from "../base/index.ts";

/** The errors of the room `devnet`. */
export const devnetErrors = {
  alreadyRunning: defineError({
    code: "DSDN_DEVNET_ALREADY_RUNNING",
    kind: "user",
    exit: 13,
    httpStatus: 409,
    text: {
      en: "A devnet is already running on {folder} (ingress {url}).",
      enHint: "Use it as it is, stop it with `dsdn dev stop`, or start another one with --data <folder>.",
      id: "Devnet sudah berjalan di {folder} (ingress {url}).",
      idHint: "Pakai yang ada, hentikan dengan `dsdn dev stop`, atau mulai yang lain dengan --data <folder>.",
    },
  }),
  notRunning: defineError({
    code: "DSDN_DEVNET_NOT_RUNNING",
    kind: "user",
    exit: 14,
    httpStatus: 404,
    text: {
      en: "No devnet is running on {folder}.",
      enHint: "Start one with `dsdn dev start`, or name another network with --network. In CI, DSDN_SESSION names it.",
      id: "Tidak ada devnet yang berjalan di {folder}.",
      idHint:
        "Mulai dengan `dsdn dev start`, atau sebut jaringan lain dengan --network. Di CI, DSDN_SESSION menyebutnya.",
    },
  }),
  settingsDamaged: defineError({
    code: "DSDN_DEVNET_SETTINGS_DAMAGED",
    kind: "user",
    exit: 15,
    httpStatus: 500,
    text: {
      en: "The devnet's settings at {path} cannot be read ({reason}).",
      enHint: "Begin anew with `dsdn dev start --fresh`; this deletes the local network, not your own files.",
      id: "Setelan devnet di {path} tidak dapat dibaca ({reason}).",
      idHint: "Mulai baru dengan `dsdn dev start --fresh`; ini menghapus jaringan lokal, bukan berkas Anda.",
    },
  }),
  notReady: defineError({
    code: "DSDN_DEVNET_NOT_READY",
    kind: "bug",
    exit: 1,
    httpStatus: 503,
    text: {
      en: "The devnet did not become ready: {reason}.",
      enHint: "Look at `dsdn dev logs`. `dsdn dev start --fresh` begins with an empty network.",
      id: "Devnet tidak kunjung siap: {reason}.",
      idHint: "Lihat `dsdn dev logs`. `dsdn dev start --fresh` memulai dengan jaringan kosong.",
    },
  }),
  codeInvalid: defineError({
    code: "DSDN_DEVNET_CODE_INVALID",
    kind: "user",
    exit: 2,
    httpStatus: 403,
    text: {
      en: "The dashboard's code was used already or has expired.",
      enHint: "Open the page again with `dsdn dashboard`; a code is good once, for five minutes.",
      id: "Kode dasbor sudah terpakai atau kedaluwarsa.",
      idHint: "Buka lagi halamannya dengan `dsdn dashboard`; satu kode berlaku sekali, selama lima menit.",
    },
  }),
  roleUnknown: defineError({
    code: "DSDN_DEVNET_ROLE_UNKNOWN",
    kind: "user",
    exit: 2,
    httpStatus: 404,
    text: {
      en: "This devnet has no role called {role}.",
      enHint: "It has: {roles}.",
      id: "Devnet ini tidak punya peran bernama {role}.",
      idHint: "Yang ada: {roles}.",
    },
  }),
  faultUnsuitable: defineError({
    code: "DSDN_DEVNET_FAULT_UNSUITABLE",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "The fault {fault} cannot be played on {role}.",
      enHint: "Choose one of kill, restart, partition, slow, corrupt; slow needs a node.",
      id: "Gangguan {fault} tidak dapat dimainkan pada {role}.",
      idHint: "Pilih kill, restart, partition, slow, atau corrupt; slow hanya untuk node.",
    },
  }),
};
