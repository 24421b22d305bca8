import { defineError } from "../../base/index.ts";

/** What goes wrong while somebody signs in at an ingress. */
export const signInErrors = {
  signInNotOffered: defineError({
    code: "DSDN_CLIENT_SIGN_IN_NOT_OFFERED",
    kind: "user",
    exit: 2,
    httpStatus: 404,
    text: {
      en: "{url} does not ask for signing in, so there is nothing to sign in to.",
      enHint: "Just use it; if it asks for a token, name its file: `dsdn network add ... --token-file <path>`.",
      id: "{url} tidak meminta pengguna masuk, jadi Anda tidak perlu masuk.",
      idHint:
        "Langsung pakai saja; bila ia meminta token, sebutkan berkasnya: `dsdn network add ... --token-file <path>`.",
    },
  }),
  signInUnsafe: defineError({
    code: "DSDN_CLIENT_SIGN_IN_UNSAFE",
    kind: "peer",
    exit: 49,
    httpStatus: 502,
    text: {
      en: "Signing in at {issuer} would lead to an address that is not safe. Nothing was sent there.",
      enHint:
        "Only https is used, or http when ingress and provider both run on this machine. Tell whoever runs the ingress.",
      id: "Masuk lewat {issuer} akan mengarah ke alamat yang tidak aman. Tidak ada yang dikirim ke sana.",
      idHint:
        "Hanya https yang dipakai, atau http bila ingress dan penyedianya berjalan di mesin ini. Beri tahu pengelola ingress.",
    },
  }),
  signInUnreachable: defineError({
    code: "DSDN_CLIENT_SIGN_IN_UNREACHABLE",
    kind: "network",
    exit: 33,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "The sign-in provider {issuer} does not answer.",
      enHint: "Check your connection and try again.",
      id: "Penyedia masuk {issuer} tidak menjawab.",
      idHint: "Periksa koneksi Anda lalu coba lagi.",
    },
  }),
  signInDenied: defineError({
    code: "DSDN_CLIENT_SIGN_IN_DENIED",
    kind: "user",
    exit: 17,
    httpStatus: 403,
    text: {
      en: "Signing in was declined at {issuer}.",
      enHint: "Run `dsdn login` again and allow it on the page.",
      id: "Permintaan masuk ditolak di {issuer}.",
      idHint: "Jalankan lagi `dsdn login` dan izinkan di halamannya.",
    },
  }),
  signInTimedOut: defineError({
    code: "DSDN_CLIENT_SIGN_IN_TIMED_OUT",
    kind: "user",
    exit: 17,
    httpStatus: 408,
    text: {
      en: "Nobody entered the code at {issuer} in time.",
      enHint: "Run `dsdn login` again; the new code is good for a few minutes.",
      id: "Kode tidak dimasukkan di {issuer} pada waktunya.",
      idHint: "Jalankan lagi `dsdn login`; kode yang baru berlaku beberapa menit.",
    },
  }),
  signInFailed: defineError({
    code: "DSDN_CLIENT_SIGN_IN_FAILED",
    kind: "peer",
    exit: 34,
    httpStatus: 502,
    text: {
      en: "{issuer} did not sign you in ({reason}).",
      enHint: "Whoever runs the ingress has to allow the device flow for its client at this provider.",
      id: "{issuer} tidak mengizinkan Anda masuk ({reason}).",
      idHint: "Pengelola ingress perlu mengizinkan alur perangkat (device flow) untuk kliennya di penyedia ini.",
    },
  }),
};
