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
};
