import { defineError } from "../base/index.ts";

/** The errors of the room `crypto`. Those about sealed bytes are named in the order in which they are checked. */
export const cryptoErrors = {
  keyLength: defineError({
    code: "DSDN_CRYPTO_KEY_LENGTH",
    kind: "bug",
    exit: 1,
    httpStatus: 500,
    text: {
      en: "The {what} has {actual} bytes where {expected} are needed.",
      enHint: "Check that the file or text holds the whole key.",
      id: "Panjang {what} adalah {actual} byte, padahal seharusnya {expected}.",
      idHint: "Pastikan berkas atau teksnya memuat kunci secara utuh.",
    },
  }),
  keyInvalid: defineError({
    code: "DSDN_CRYPTO_KEY_INVALID",
    kind: "user",
    exit: 40,
    httpStatus: 400,
    text: {
      en: "The {what} is not a valid key.",
      enHint: "Use the key exactly as it was given out.",
      id: "Isi {what} bukan kunci yang sah.",
      idHint: "Pakai kunci persis seperti saat dikeluarkan.",
    },
  }),
  merkleRange: defineError({
    code: "DSDN_CRYPTO_MERKLE_RANGE",
    kind: "bug",
    exit: 1,
    httpStatus: 400,
    text: {
      en: "A proof was asked for {count} items from {first}, but there are {leafCount}.",
      enHint: "Ask for a range inside the data.",
      id: "Diminta bukti untuk {count} butir mulai dari {first}, padahal hanya ada {leafCount}.",
      idHint: "Minta rentang yang berada di dalam data.",
    },
  }),
  typedDataInvalid: defineError({
    code: "DSDN_CRYPTO_TYPED_DATA_INVALID",
    kind: "bug",
    exit: 1,
    httpStatus: 400,
    text: {
      en: "The typed data cannot be hashed: {path} {reason}.",
      enHint: "Give every field of the type with a value that fits it.",
      id: "Data bertipe tidak dapat di-hash: {path} {reason}.",
      idHint: "Isi setiap bidang tipe itu dengan nilai yang sesuai.",
    },
  }),
  envelopeVersion: defineError({
    code: "DSDN_CRYPTO_ENVELOPE_VERSION",
    kind: "user",
    exit: 42,
    httpStatus: 422,
    text: {
      en: "The file was sealed in format version {version}, which this dsdn cannot read.",
      enHint: "Update dsdn and try again; the stored data is left as it is.",
      id: "Berkas ini disegel dengan format versi {version} yang belum dapat dibaca dsdn ini.",
      idHint: "Perbarui dsdn lalu coba lagi; data yang tersimpan tidak diubah.",
    },
  }),
  envelopeSuite: defineError({
    code: "DSDN_CRYPTO_ENVELOPE_SUITE",
    kind: "user",
    exit: 42,
    httpStatus: 422,
    text: {
      en: "The file was sealed with cipher {suite}, which this dsdn does not know.",
      enHint: "Update dsdn and try again; the stored data is left as it is.",
      id: "Berkas ini disegel dengan sandi {suite} yang tidak dikenal dsdn ini.",
      idHint: "Perbarui dsdn lalu coba lagi; data yang tersimpan tidak diubah.",
    },
  }),
  envelopeHeader: defineError({
    code: "DSDN_CRYPTO_ENVELOPE_HEADER",
    kind: "peer",
    exit: 43,
    httpStatus: 422,
    text: {
      en: "The header of the sealed file is not valid: {reason}.",
      enHint: "Fetch the file's manifest again; it was made by a faulty program or changed on the way.",
      id: "Kepala berkas tersegel tidak sah: {reason}.",
      idHint: "Ambil lagi manifes berkas ini; manifes itu dibuat program yang keliru atau berubah di jalan.",
    },
  }),
  wrongKey: defineError({
    code: "DSDN_CRYPTO_WRONG_KEY",
    kind: "user",
    exit: 44,
    httpStatus: 403,
    text: {
      en: "This key does not open the file.",
      enHint:
        "Use the key or the shares of the account that uploaded it. `dsdn keys status` shows which account is active.",
      id: "Kunci ini tidak dapat membuka berkas tersebut.",
      idHint:
        "Pakai kunci atau bagian kunci dari akun yang mengunggahnya. `dsdn keys status` menampilkan akun yang aktif.",
    },
  }),
  damaged: defineError({
    code: "DSDN_CRYPTO_DAMAGED",
    kind: "peer",
    exit: 45,
    httpStatus: 502,
    isRetryable: true,
    text: {
      en: "The sealed data is damaged at byte {offset}.",
      enHint: "Nothing of the damaged part was given out. Fetch it again from another replica.",
      id: "Data tersegel rusak mulai byte {offset}.",
      idHint: "Bagian yang rusak tidak dikeluarkan. Ambil lagi dari salinan lain.",
    },
  }),
  truncated: defineError({
    code: "DSDN_CRYPTO_TRUNCATED",
    kind: "peer",
    exit: 46,
    httpStatus: 502,
    isRetryable: true,
    text: {
      en: "The sealed data ends too early, after {actual} bytes.",
      enHint: "Part of the file is missing. Fetch it again from another replica.",
      id: "Data tersegel berakhir terlalu cepat, setelah {actual} byte.",
      idHint: "Sebagian berkas hilang. Ambil lagi dari salinan lain.",
    },
  }),
  extended: defineError({
    code: "DSDN_CRYPTO_EXTENDED",
    kind: "peer",
    exit: 46,
    httpStatus: 502,
    isRetryable: true,
    text: {
      en: "The sealed data goes on behind its end at byte {end}.",
      enHint: "Something was added to the file. Fetch it again from another replica.",
      id: "Data tersegel masih berlanjut setelah akhirnya di byte {end}.",
      idHint: "Ada yang ditambahkan pada berkas ini. Ambil lagi dari salinan lain.",
    },
  }),
  range: defineError({
    code: "DSDN_CRYPTO_RANGE",
    kind: "user",
    exit: 2,
    httpStatus: 416,
    text: {
      en: "The range of {length} bytes from {offset} is not inside the {sizeBytes} bytes of the file.",
      enHint: "Ask for bytes inside the file.",
      id: "Rentang {length} byte mulai {offset} tidak berada di dalam berkas yang berukuran {sizeBytes} byte.",
      idHint: "Minta byte yang berada di dalam berkas.",
    },
  }),
  contentChanged: defineError({
    code: "DSDN_CRYPTO_CONTENT_CHANGED",
    kind: "user",
    exit: 10,
    httpStatus: 409,
    isRetryable: true,
    text: {
      en: "The file changed while it was being sealed.",
      enHint: "Nothing of it was published. Run the command again when the file is at rest.",
      id: "Berkas berubah ketika sedang disegel.",
      idHint: "Tidak ada yang diterbitkan. Jalankan lagi perintahnya setelah berkas tidak berubah.",
    },
  }),
  streamOver: defineError({
    code: "DSDN_CRYPTO_STREAM_OVER",
    kind: "bug",
    exit: 1,
    httpStatus: 500,
    text: {
      en: "A sealed stream was used again after its end.",
      enHint: "Start a new stream; this is a mistake in the program that uses dsdn.",
      id: "Aliran tersegel dipakai lagi setelah berakhir.",
      idHint: "Mulai aliran baru; ini kesalahan pada program yang memakai dsdn.",
    },
  }),
};
