import { defineError } from "../base/index.ts";

/** The errors of the room `net`. */
export const netErrors = {
  noPoster: defineError({
    code: "DSDN_NET_NO_POSTER",
    kind: "network",
    exit: 33,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "None of the {count} coordinators took the request.",
      enHint: "Your data is kept and will be handed over again. Check `dsdn status`, or wait a minute.",
      id: "Tidak satu pun dari {count} koordinator menerima permintaan.",
      idHint: "Data Anda tersimpan dan akan dikirim lagi. Periksa `dsdn status`, atau tunggu semenit.",
    },
  }),
  eventRejected: defineError({
    code: "DSDN_NET_EVENT_REJECTED",
    kind: "user",
    exit: 34,
    httpStatus: 409,
    text: {
      en: "The network did not accept the request ({kind}: {reason}).",
      enHint: "Correct what the reason names and try again. Nothing was changed.",
      id: "Jaringan tidak menerima permintaan ({kind}: {reason}).",
      idHint: "Perbaiki hal yang disebut lalu coba lagi. Tidak ada yang berubah.",
    },
  }),
  outcomeForgotten: defineError({
    code: "DSDN_NET_OUTCOME_FORGOTTEN",
    kind: "network",
    exit: 34,
    httpStatus: 503,
    text: {
      en: "The log took the request ({kind}), but whether it was accepted is no longer remembered.",
      enHint:
        "Nothing is lost: it stands on the log. Look whether it took effect, with `dsdn status`, and ask again only if it did not.",
      id: "Log sudah mengambil permintaan ({kind}), tetapi diterima atau tidaknya sudah tidak diingat.",
      idHint:
        "Tidak ada yang hilang: permintaan itu ada di log. Lihat apakah sudah berlaku dengan `dsdn status`, dan ulangi hanya bila belum.",
    },
  }),
  chunkUnavailable: defineError({
    code: "DSDN_NET_CHUNK_UNAVAILABLE",
    kind: "network",
    exit: 35,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "A part of the data ({chunk}) cannot be read right now: {tried} nodes were asked.",
      enHint: "The network repairs itself when nodes come back. Try again in 30 to 60 seconds.",
      id: "Sebagian data ({chunk}) belum dapat dibaca: {tried} node sudah ditanya.",
      idHint: "Jaringan memulihkan diri saat node kembali. Coba lagi dalam 30-60 detik.",
    },
  }),
  nodeNotReached: defineError({
    code: "DSDN_NET_NODE_NOT_REACHED",
    kind: "network",
    exit: 31,
    httpStatus: 502,
    isRetryable: true,
    text: {
      en: "The node that runs this deployment cannot be reached ({reason}).",
      enHint: "Nothing was sent to it. It is replaced within about ten seconds; try again then.",
      id: "Node yang menjalankan deployment ini tidak dapat dijangkau ({reason}).",
      idHint: "Belum ada yang dikirim kepadanya. Ia diganti dalam sekitar sepuluh detik; coba lagi setelah itu.",
    },
  }),
  resolverInvalid: defineError({
    code: "DSDN_NET_RESOLVER_INVALID",
    kind: "user",
    exit: 14,
    httpStatus: 500,
    text: {
      en: "These are no addresses of DNS resolvers: {servers}.",
      enHint: "Write IP addresses, with a port when it is not 53: 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53.",
      id: "Ini bukan alamat resolver DNS: {servers}.",
      idHint: "Tulis alamat IP, dengan port bila bukan 53: 192.0.2.1, 192.0.2.1:5353, atau [2001:db8::1]:53.",
    },
  }),
  certificateRefused: defineError({
    code: "DSDN_NET_CERTIFICATE_REFUSED",
    quotes: ["reason"],
    kind: "network",
    exit: 36,
    httpStatus: 502,
    isRetryable: true,
    text: {
      en: "The certificate authority gave no certificate for {domain}: {reason}.",
      enHint: "Port 80 of the name must lead to this ingress. It is tried again in an hour.",
      id: "Otoritas sertifikat tidak memberikan sertifikat untuk {domain}: {reason}.",
      idHint: "Port 80 nama itu harus mengarah ke ingress ini. Akan dicoba lagi satu jam lagi.",
    },
  }),
  certificateUnusable: defineError({
    code: "DSDN_NET_CERTIFICATE_UNUSABLE",
    kind: "user",
    exit: 14,
    httpStatus: 500,
    text: {
      en: "The certificate {name} cannot be used: {reason}.",
      enHint: "Put the chain in `<name>.crt` and its private key in `<name>.key`, both PEM, side by side.",
      id: "Sertifikat {name} tidak dapat dipakai: {reason}.",
      idHint: "Taruh rantainya di `<name>.crt` dan kunci privatnya di `<name>.key`, keduanya PEM, berdampingan.",
    },
  }),
  signInNeeded: defineError({
    code: "DSDN_NET_SIGN_IN_NEEDED",
    kind: "user",
    exit: 17,
    httpStatus: 401,
    text: {
      en: "This ingress accepts writes only from those who signed in at {issuer}.",
      enHint: "Sign in with `dsdn login`, then run the command again.",
      id: "Ingress ini hanya menerima tulisan dari yang sudah masuk lewat {issuer}.",
      idHint: "Masuk dengan `dsdn login`, lalu jalankan lagi perintahnya.",
    },
  }),
  signInRefused: defineError({
    code: "DSDN_NET_SIGN_IN_REFUSED",
    kind: "user",
    exit: 17,
    httpStatus: 401,
    text: {
      en: "The ingress does not accept this sign-in: it ended, or is not from {issuer} for this ingress.",
      enHint: "Sign in again with `dsdn login`.",
      id: "Ingress tidak menerima tanda masuk ini: sudah berakhir, atau bukan dari {issuer} untuk ingress ini.",
      idHint: "Masuk lagi dengan `dsdn login`.",
    },
  }),
  signInNotAllowed: defineError({
    code: "DSDN_NET_SIGN_IN_NOT_ALLOWED",
    kind: "user",
    exit: 17,
    httpStatus: 403,
    text: {
      en: "You are signed in at {issuer}, but this ingress is not open to that user.",
      enHint: "Ask whoever runs the ingress, or sign in as somebody else: `dsdn logout`, then `dsdn login`.",
      id: "Anda sudah masuk lewat {issuer}, tetapi ingress ini tidak terbuka untuk pengguna itu.",
      idHint: "Tanyakan pengelola ingress, atau masuk sebagai pengguna lain: `dsdn logout`, lalu `dsdn login`.",
    },
  }),
  signInUnavailable: defineError({
    code: "DSDN_NET_SIGN_IN_UNAVAILABLE",
    kind: "network",
    exit: 33,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "The ingress cannot check sign-ins now: {issuer} does not answer it.",
      enHint: "Wait a minute and try again; tell whoever runs the ingress if it stays so.",
      id: "Ingress sedang tidak dapat memeriksa tanda masuk: {issuer} tidak menjawabnya.",
      idHint: "Tunggu semenit lalu coba lagi; beri tahu pengelola ingress bila tetap begitu.",
    },
  }),
};
