import { defineError } from "../base/index.ts";

/** The errors of the room `keys`. None of them ever carries a key, a share or a passphrase. */
export const keysErrors = {
  missing: defineError({
    code: "DSDN_KEYS_MISSING",
    kind: "user",
    exit: 13,
    httpStatus: 404,
    text: {
      en: "There is no account in {folder} yet.",
      enHint: "Make one with `dsdn keys generate`, or bring one back with `dsdn keys recover` or `dsdn keys import`.",
      id: "Belum ada akun di {folder}.",
      idHint: "Buat dengan `dsdn keys generate`, atau pulihkan dengan `dsdn keys recover` atau `dsdn keys import`.",
    },
  }),
  exists: defineError({
    code: "DSDN_KEYS_EXISTS",
    kind: "user",
    exit: 14,
    httpStatus: 409,
    text: {
      en: "Another account is already kept at {place}; it was left untouched.",
      enHint: "Use another folder (DSDN_HOME), or export and move that account away first.",
      id: "Sudah ada akun lain di {place}; akun itu tidak diubah.",
      idHint: "Pakai folder lain (DSDN_HOME), atau ekspor dan pindahkan akun itu dahulu.",
    },
  }),
  lost: defineError({
    code: "DSDN_KEYS_LOST",
    kind: "user",
    exit: 15,
    httpStatus: 500,
    text: {
      en: "The key of account {fingerprint} should be at {place}, but it is not there.",
      enHint:
        "Bring it back with `dsdn keys recover` from shares or `dsdn keys import` from an export, in another folder (DSDN_HOME).",
      id: "Kunci akun {fingerprint} seharusnya ada di {place}, tetapi tidak ditemukan.",
      idHint:
        "Pulihkan dengan `dsdn keys recover` dari bagian kunci atau `dsdn keys import` dari hasil ekspor, di folder lain (DSDN_HOME).",
    },
  }),
  keychainUnavailable: defineError({
    code: "DSDN_KEYS_KEYCHAIN_UNAVAILABLE",
    kind: "user",
    exit: 16,
    httpStatus: 500,
    text: {
      en: "The keychain of this machine cannot be used.",
      enHint:
        "Unlock it, or keep the key in a file under a passphrase with `--store file`. Servers and containers have no keychain.",
      id: "Gantungan kunci (keychain) mesin ini tidak dapat dipakai.",
      idHint:
        "Buka kuncinya, atau simpan kunci dalam berkas berfrasa sandi dengan `--store file`. Server dan kontainer tidak punya keychain.",
    },
  }),
  fileExposed: defineError({
    code: "DSDN_KEYS_FILE_EXPOSED",
    kind: "user",
    exit: 17,
    httpStatus: 500,
    text: {
      en: "The key file {path} is not private (mode {mode}); it was not read.",
      enHint: "Run `chmod 600 {path}` if only you could have read it. If not, make a new account.",
      id: "Berkas kunci {path} tidak privat (mode {mode}); berkas itu tidak dibaca.",
      idHint: "Jalankan `chmod 600 {path}` bila hanya Anda yang mungkin membacanya. Jika tidak, buat akun baru.",
    },
  }),
  fileInvalid: defineError({
    code: "DSDN_KEYS_FILE_INVALID",
    kind: "user",
    exit: 43,
    httpStatus: 500,
    text: {
      en: "The key at {path} is damaged.",
      enHint: "Put back a copy of it, or recover the account from shares or an export.",
      id: "Kunci di {path} rusak.",
      idHint: "Kembalikan salinannya, atau pulihkan akun dari bagian kunci atau hasil ekspor.",
    },
  }),
  textInvalid: defineError({
    code: "DSDN_KEYS_TEXT_INVALID",
    kind: "user",
    exit: 43,
    httpStatus: 422,
    text: {
      en: "The exported account cannot be read ({reason}).",
      enHint: "Use the whole text, from the BEGIN line to the END line.",
      id: "Akun hasil ekspor tidak dapat dibaca ({reason}).",
      idHint: "Pakai seluruh teksnya, dari baris BEGIN sampai baris END.",
    },
  }),
  wrongPassphrase: defineError({
    code: "DSDN_KEYS_WRONG_PASSPHRASE",
    kind: "user",
    exit: 44,
    httpStatus: 403,
    text: {
      en: "The passphrase does not open the account.",
      enHint: "Check the keyboard layout and try again. Nobody can reset it; shares can bring the account back.",
      id: "Frasa sandi tidak dapat membuka akun ini.",
      idHint:
        "Periksa tata letak papan ketik lalu coba lagi. Frasa tidak bisa direset; bagian kunci dapat memulihkan akun.",
    },
  }),
  recordInvalid: defineError({
    code: "DSDN_KEYS_RECORD_INVALID",
    kind: "user",
    exit: 43,
    httpStatus: 500,
    text: {
      en: "The local record ({purpose}) is damaged or belongs to another account.",
      enHint: "Remove the file; dsdn makes it again when it needs it.",
      id: "Catatan lokal ({purpose}) rusak atau milik akun lain.",
      idHint: "Hapus berkasnya; dsdn membuatnya lagi bila perlu.",
    },
  }),
  keyInvalid: defineError({
    code: "DSDN_KEYS_KEY_INVALID",
    kind: "user",
    exit: 43,
    httpStatus: 400,
    text: {
      en: "An account key has 32 bytes; this one has {actual}.",
      enHint: "Use the key exactly as it was given out.",
      id: "Kunci akun panjangnya 32 byte; yang ini {actual}.",
      idHint: "Pakai kunci persis seperti saat dikeluarkan.",
    },
  }),
  checkMissing: defineError({
    code: "DSDN_KEYS_CHECK_MISSING",
    kind: "user",
    exit: 48,
    httpStatus: 422,
    text: {
      en: "The shares fit together, but nothing here tells whether the key they give is the right one.",
      enHint:
        "Give the check code printed on the page with `--check`, or use the share files or QR codes, which carry it.",
      id: "Bagian-bagian kunci cocok, tetapi tidak ada yang memastikan kuncinya benar.",
      idHint:
        "Berikan kode periksa dari lembar cetak dengan `--check`, atau pakai berkas bagian atau kode QR yang memuatnya.",
    },
  }),
  checkInvalid: defineError({
    code: "DSDN_KEYS_CHECK_INVALID",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "The check code is not 16 to 64 hex digits.",
      enHint: "Type the digits of the check code from the printed page.",
      id: "Kode periksa bukan 16 sampai 64 digit heksadesimal.",
      idHint: "Ketik digit kode periksa dari lembar cetak.",
    },
  }),
  otherAccount: defineError({
    code: "DSDN_KEYS_OTHER_ACCOUNT",
    kind: "user",
    exit: 44,
    httpStatus: 422,
    text: {
      en: "The shares of set {setId} give the key of another account.",
      enHint: "Use the shares of this account; `dsdn keys status` lists their sets.",
      id: "Bagian kunci set {setId} memberi kunci akun lain.",
      idHint: "Pakai bagian kunci akun ini; `dsdn keys status` menampilkan set-setnya.",
    },
  }),
  walletMissing: defineError({
    code: "DSDN_KEYS_WALLET_MISSING",
    kind: "user",
    exit: 17,
    httpStatus: 403,
    text: {
      en: "This needs the account key. The session {name}, which is used here, cannot do it.",
      enHint: "Run it where the account key is, without DSDN_SESSION and DSDN_SESSION_FILE.",
      id: "Perintah ini memerlukan kunci akun. Sesi {name} yang dipakai di sini tidak dapat melakukannya.",
      idHint: "Jalankan di tempat kunci akun berada, tanpa DSDN_SESSION dan DSDN_SESSION_FILE.",
    },
  }),
  sessionInvalid: defineError({
    code: "DSDN_KEYS_SESSION_INVALID",
    kind: "user",
    exit: 43,
    httpStatus: 422,
    text: {
      en: "The text from {place} is no session: it was cut off or changed, or is something else.",
      enHint: "Put in the whole text that `dsdn session grant` wrote, or grant a new session.",
      id: "Teks dari {place} bukan sesi: terpotong, berubah, atau memang hal lain.",
      idHint: "Pasang seluruh teks yang ditulis `dsdn session grant`, atau beri sesi baru.",
    },
  }),
};
