import { defineError } from "../../base/index.ts";

/** The errors of the room `commands`: what the user typed, and being interrupted. */
export const commandErrors = {
  commandUnknown: defineError({
    code: "DSDN_COMMANDS_UNKNOWN",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "There is no command '{command}'.",
      enHint: "Did you mean: {candidates}? 'dsdn --help' lists every command.",
      id: "Tidak ada perintah '{command}'.",
      idHint: "Mungkin maksud Anda: {candidates}? 'dsdn --help' menampilkan semua perintah.",
    },
  }),
  flagUnknown: defineError({
    code: "DSDN_COMMANDS_FLAG_UNKNOWN",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "'{command}' has no flag {flag}.",
      enHint: "'dsdn {command} --help' lists its flags. Write -- before a value that begins with a dash.",
      id: "'{command}' tidak punya flag {flag}.",
      idHint: "'dsdn {command} --help' menampilkan flag-nya. Tulis -- sebelum nilai yang diawali tanda hubung.",
    },
  }),
  flagInvalid: defineError({
    code: "DSDN_COMMANDS_FLAG_INVALID",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "The flags of '{command}' do not fit together: {reason}.",
      enHint: "'dsdn {command} --help' shows which flags go together.",
      id: "Flag untuk '{command}' tidak cocok satu sama lain: {reason}.",
      idHint: "'dsdn {command} --help' menunjukkan flag mana yang dapat dipakai bersama.",
    },
  }),
  argumentMissing: defineError({
    code: "DSDN_COMMANDS_ARGUMENT_MISSING",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "'{command}' needs {argument}.",
      enHint: "'dsdn {command} --help' shows how to call it.",
      id: "'{command}' memerlukan {argument}.",
      idHint: "'dsdn {command} --help' menunjukkan cara memanggilnya.",
    },
  }),
  argumentUnexpected: defineError({
    code: "DSDN_COMMANDS_ARGUMENT_UNEXPECTED",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "'{command}' does not take {argument}.",
      enHint: "Leave it out, or quote a value that holds spaces.",
      id: "'{command}' tidak menerima {argument}.",
      idHint: "Hapus bagian itu, atau beri tanda kutip pada nilai yang berisi spasi.",
    },
  }),
  valueInvalid: defineError({
    code: "DSDN_COMMANDS_VALUE_INVALID",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{name} cannot be {value}; it must be {expected}.",
      enHint: "Correct the value and run the command again.",
      id: "{name} tidak bisa {value}; nilainya harus {expected}.",
      idHint: "Perbaiki nilainya lalu jalankan lagi perintahnya.",
    },
  }),
  secretInArgument: defineError({
    code: "DSDN_COMMANDS_SECRET_IN_ARGUMENT",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{flag} would put a secret on the command line, where other programs and the shell history can read it.",
      enHint: "Give the secret by a file (--key-file, --share-file), by standard input (-), or when asked for it.",
      id: "{flag} akan menaruh rahasia di baris perintah, yang dapat dibaca program lain dan riwayat shell.",
      idHint: "Berikan rahasia lewat berkas (--key-file, --share-file), masukan standar (-), atau saat diminta.",
    },
  }),
  secretFileTooLarge: defineError({
    code: "DSDN_COMMANDS_SECRET_FILE_TOO_LARGE",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{path} is longer than the {limitBytes} bytes a key, share or passphrase can have.",
      enHint: "Check that it is the right file.",
      id: "{path} lebih panjang dari {limitBytes} byte yang mungkin untuk kunci, bagian kunci, atau frasa sandi.",
      idHint: "Pastikan berkasnya benar.",
    },
  }),
  passphrasesDiffer: defineError({
    code: "DSDN_COMMANDS_PASSPHRASES_DIFFER",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "The two passphrases are not the same.",
      enHint: "Run the command again and type the same one twice.",
      id: "Kedua frasa sandi tidak sama.",
      idHint: "Jalankan lagi perintahnya dan ketik frasa yang sama dua kali.",
    },
  }),
  fileExists: defineError({
    code: "DSDN_COMMANDS_FILE_EXISTS",
    kind: "user",
    exit: 14,
    httpStatus: 409,
    text: {
      en: "{path} already exists and was left as it is.",
      enHint: "Choose another place, or move that file away first.",
      id: "{path} sudah ada dan tidak diubah.",
      idHint: "Pilih tempat lain, atau pindahkan dahulu berkas itu.",
    },
  }),
  tooManyArguments: defineError({
    code: "DSDN_COMMANDS_TOO_MANY_ARGUMENTS",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{count} arguments are more than the {limit} one call may have.",
      enHint: "Name the folder that holds the files, or split the call.",
      id: "{count} argumen melebihi batas {limit} untuk satu panggilan.",
      idHint: "Sebutkan folder yang memuat berkasnya, atau pecah panggilannya.",
    },
  }),
  interrupted: defineError({
    code: "DSDN_COMMANDS_INTERRUPTED",
    kind: "user",
    exit: 130,
    httpStatus: 499,
    text: {
      en: "Interrupted.",
      enHint: "What was finished is kept; run the same command again to go on.",
      id: "Dihentikan.",
      idHint: "Yang sudah selesai tetap tersimpan; jalankan perintah yang sama untuk melanjutkan.",
    },
  }),
};
