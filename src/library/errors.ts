import { defineError } from "../base/index.ts";

export const libraryErrors = {
  networkUnknown: defineError({
    code: "DSDN_LIBRARY_NETWORK_UNKNOWN",
    kind: "user",
    exit: 2,
    httpStatus: 404,
    text: {
      en: "There is no network called {network}; there is {known}.",
      enHint: "`dsdn network add` keeps one under a name; connect also takes the address of an ingress.",
      id: "Tidak ada jaringan bernama {network}; yang ada: {known}.",
      idHint: "`dsdn network add` menyimpan jaringan dengan nama; connect juga menerima alamat ingress.",
    },
  }),
  urlInvalid: defineError({
    code: "DSDN_LIBRARY_URL_INVALID",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{url} is not the address of an ingress: http:// or https:// and a host, without a user or password.",
      enHint: "Write it as `https://ingress.example`; a token goes into connect's `token`.",
      id: "{url} bukan alamat ingress: http:// atau https:// lalu host, tanpa nama pengguna atau kata sandi.",
      idHint: "Tulis seperti `https://ingress.example`; token diberikan lewat `token` milik connect.",
    },
  }),
  bytesExpected: defineError({
    code: "DSDN_LIBRARY_BYTES_EXPECTED",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{call} takes bytes and got {given}.",
      enHint: "Give it a Uint8Array: `new TextEncoder().encode(text)` of a text, `new Uint8Array(buffer)` of a buffer.",
      id: "{call} menerima byte, bukan {given}.",
      idHint: "Beri Uint8Array: `new TextEncoder().encode(text)` dari teks, `new Uint8Array(buffer)` dari buffer.",
    },
  }),
  devnetNotStarted: defineError({
    code: "DSDN_LIBRARY_DEVNET_NOT_STARTED",
    kind: "user",
    exit: 2,
    httpStatus: 409,
    text: {
      en: "The devnet of these tests does not run yet, or no longer.",
      enHint:
        "Use what `useDevnet` gives inside tests and hooks; the devnet starts before the first and stops after the last.",
      id: "Devnet untuk pengujian ini belum berjalan, atau sudah berhenti.",
      idHint:
        "Pakai hasil `useDevnet` di dalam pengujian dan hook; devnet mulai sebelum yang pertama dan berhenti sesudah yang terakhir.",
    },
  }),
  passphraseNeeded: defineError({
    code: "DSDN_LIBRARY_PASSPHRASE_NEEDED",
    kind: "user",
    exit: 17,
    httpStatus: 401,
    text: {
      en: "The key of this account lies under a passphrase, and the program gives none.",
      enHint: "Give connect `askPassphrase`, or the `accountKey` of an account of the program's own.",
      id: "Kunci akun ini terlindung frasa sandi, dan program tidak memberikannya.",
      idHint: "Beri connect `askPassphrase`, atau `accountKey` akun milik program sendiri.",
    },
  }),
  deployRefused: defineError({
    code: "DSDN_LIBRARY_DEPLOY_REFUSED",
    kind: "user",
    exit: 28,
    httpStatus: 422,
    text: {
      en: "The validators refused {name}: {reason}.",
      enHint: "Correct what it names and deploy again. What was deployed before goes on as it was.",
      id: "Validator menolak {name}: {reason}.",
      idHint: "Perbaiki hal yang disebut lalu deploy lagi. Versi sebelumnya tetap berjalan.",
    },
  }),
  deployFailed: defineError({
    code: "DSDN_LIBRARY_DEPLOY_FAILED",
    kind: "user",
    exit: 29,
    httpStatus: 422,
    text: {
      en: "{name} did not run to its end: {reason}.",
      enHint: "Its logs show what it wrote. Correct it and deploy again; what ran before goes on.",
      id: "{name} tidak berjalan sampai selesai: {reason}.",
      idHint: "Lognya menampilkan keluarannya. Perbaiki lalu deploy lagi; versi sebelumnya tetap berjalan.",
    },
  }),
  deployNotAnswering: defineError({
    code: "DSDN_LIBRARY_DEPLOY_NOT_ANSWERING",
    kind: "network",
    exit: 39,
    httpStatus: 504,
    isRetryable: true,
    text: {
      en: "{name} is not there after {seconds} s; the network says: {status}.",
      enHint: "Nothing is lost and it goes on by itself: `compute.status` tells how far it is.",
      id: "{name} belum siap setelah {seconds} detik; menurut jaringan: {status}.",
      idHint: "Tidak ada yang hilang dan prosesnya berlanjut sendiri: `compute.status` menampilkan kemajuannya.",
    },
  }),
  buildNotAllowed: defineError({
    code: "DSDN_LIBRARY_BUILD_NOT_ALLOWED",
    kind: "user",
    exit: 24,
    httpStatus: 403,
    text: {
      en: "{path} has to be built by `{command}`, and the program did not allow that.",
      enHint: "The build can do everything this program can: deploy with `allowBuild: true`, or build it before.",
      id: "{path} harus di-build dengan `{command}`, dan program tidak mengizinkannya.",
      idHint: "Build dapat melakukan semua yang program ini bisa: deploy dengan `allowBuild: true`, atau build dulu.",
    },
  }),
  readsNotAllowed: defineError({
    code: "DSDN_LIBRARY_READS_NOT_ALLOWED",
    kind: "user",
    exit: 2,
    httpStatus: 403,
    text: {
      en: "{name} wants to read private objects, and the program did not allow that: {objects}. Nothing was sent.",
      enHint:
        "Its `dsdn.yaml` names them under grants. If they are for it, deploy with `allowReads: true`; otherwise take them out.",
      id: "{name} ingin membaca objek privat, dan program tidak mengizinkannya: {objects}. Tidak ada yang dikirim.",
      idHint:
        "`dsdn.yaml`-nya menyebut objek itu di bawah grants. Bila memang untuknya, deploy dengan `allowReads: true`; bila tidak, hapus dari sana.",
    },
  }),
  scheduleUnused: defineError({
    code: "DSDN_LIBRARY_SCHEDULE_UNUSED",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{path} is of type {type}, which runs all the time and by no schedule.",
      enHint: 'Leave the schedule out, or deploy it with `type: "batch"`.',
      id: "{path} bertipe {type}, yang berjalan terus dan tidak menurut jadwal.",
      idHint: 'Hapus jadwalnya, atau deploy dengan `type: "batch"`.',
    },
  }),
} as const;
