import { defineError } from "./dsdn-error.ts";

/** The errors of the room `base`. */
export const baseErrors = {
  fileMissing: defineError({
    code: "DSDN_BASE_FILE_MISSING",
    kind: "user",
    exit: 10,
    httpStatus: 404,
    text: {
      en: "There is no file at {path}.",
      enHint: "Check the path and try again.",
      id: "Tidak ada berkas di {path}.",
      idHint: "Periksa jalurnya lalu coba lagi.",
    },
  }),
  fileFailed: defineError({
    code: "DSDN_BASE_FILE_FAILED",
    kind: "user",
    exit: 11,
    httpStatus: 500,
    text: {
      en: "The disk refused to {action} {path} ({reason}).",
      enHint: "Check the permissions and the free space of that folder, then run the command again.",
      id: "Disk menolak {action} pada {path} ({reason}).",
      idHint: "Periksa izin dan ruang kosong folder itu, lalu jalankan lagi perintahnya.",
    },
  }),
  fileChanged: defineError({
    code: "DSDN_BASE_FILE_CHANGED",
    kind: "user",
    exit: 13,
    httpStatus: 500,
    isRetryable: true,
    text: {
      en: "The file {path} changed while it was being read.",
      enHint: "Wait until the program that writes it is done, then run the command again.",
      id: "Berkas {path} berubah saat sedang dibaca.",
      idHint: "Tunggu sampai program yang menulisnya selesai, lalu jalankan lagi perintahnya.",
    },
  }),
  portTaken: defineError({
    code: "DSDN_BASE_PORT_TAKEN",
    kind: "user",
    exit: 12,
    httpStatus: 500,
    text: {
      en: "Port {port} on {host} is already used by another program.",
      enHint: "Stop that program or choose another port.",
      id: "Port {port} di {host} sudah dipakai program lain.",
      idHint: "Hentikan program itu atau pilih port lain.",
    },
  }),
  requestRefused: defineError({
    code: "DSDN_BASE_REQUEST_REFUSED",
    kind: "user",
    exit: 30,
    httpStatus: 403,
    text: {
      en: "The request was refused: {reason}.",
      enHint: "Local ports answer only to programs on this machine that carry the session token.",
      id: "Permintaan ditolak: {reason}.",
      idHint: "Port lokal hanya menjawab program di mesin ini yang membawa token sesi.",
    },
  }),
  requestInvalid: defineError({
    code: "DSDN_BASE_REQUEST_INVALID",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "The request is not valid: {field} {reason}.",
      enHint: "Correct that field and send the request again.",
      id: "Permintaan tidak sah: {field} {reason}.",
      idHint: "Perbaiki bagian itu lalu kirim lagi.",
    },
  }),
  requestTooLarge: defineError({
    code: "DSDN_BASE_REQUEST_TOO_LARGE",
    kind: "user",
    exit: 2,
    httpStatus: 413,
    text: {
      en: "The request body is larger than the {limitBytes} bytes allowed here.",
      enHint: "Send it in smaller parts.",
      id: "Isi permintaan melebihi {limitBytes} byte yang diizinkan di sini.",
      idHint: "Kirim dalam bagian yang lebih kecil.",
    },
  }),
  routeMissing: defineError({
    code: "DSDN_BASE_ROUTE_MISSING",
    kind: "user",
    exit: 30,
    httpStatus: 404,
    text: {
      en: "Nothing answers {method} {path} here.",
      enHint: "Look at /openapi.json for what this service offers.",
      id: "Tidak ada yang menjawab {method} {path} di sini.",
      idHint: "Lihat /openapi.json untuk daftar layanan.",
    },
  }),
  unreachable: defineError({
    code: "DSDN_BASE_UNREACHABLE",
    kind: "network",
    exit: 31,
    httpStatus: 502,
    isRetryable: true,
    text: {
      en: "{service} did not answer ({reason}).",
      enHint: "Check that it is running and that its address is right, then try again.",
      id: "{service} tidak menjawab ({reason}).",
      idHint: "Pastikan layanan itu berjalan dan alamatnya benar, lalu coba lagi.",
    },
  }),
  badAnswer: defineError({
    code: "DSDN_BASE_BAD_ANSWER",
    kind: "network",
    exit: 32,
    httpStatus: 502,
    isRetryable: true,
    text: {
      en: "{service} gave an answer that cannot be understood ({reason}).",
      enHint: "Check that the address belongs to the right service.",
      id: "{service} memberi jawaban yang tidak dapat dipahami ({reason}).",
      idHint: "Pastikan alamat itu milik layanan yang benar.",
    },
  }),
};
