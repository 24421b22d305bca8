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
  codeUnknown: defineError({
    code: "DSDN_COMMANDS_CODE_UNKNOWN",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "There is no error with the code '{code}'.",
      enHint: "Did you mean: {candidates}?",
      id: "Tidak ada galat dengan kode '{code}'.",
      idHint: "Mungkin maksud Anda: {candidates}?",
    },
  }),
  flagUnknown: defineError({
    code: "DSDN_COMMANDS_FLAG_UNKNOWN",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "'{command}' has no flag {flag}.",
      enHint:
        "Did you mean: {candidates}? 'dsdn {command} --help' lists its flags. Write -- before a value that begins with a dash.",
      id: "'{command}' tidak punya flag {flag}.",
      idHint:
        "Mungkin maksud Anda: {candidates}? 'dsdn {command} --help' menampilkan flag-nya. Tulis -- sebelum nilai yang diawali tanda hubung.",
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
      enHint:
        "Give the secret by a file (--key-file, --share-file, --link-file), by standard input (-), or when asked for it.",
      id: "{flag} akan menaruh rahasia di baris perintah, yang dapat dibaca program lain dan riwayat shell.",
      idHint:
        "Berikan rahasia lewat berkas (--key-file, --share-file, --link-file), masukan standar (-), atau saat diminta.",
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
      enHint: "Run the command again when you are ready.",
      id: "Dihentikan.",
      idHint: "Jalankan lagi perintahnya bila sudah siap.",
    },
  }),
  interruptedResumable: defineError({
    code: "DSDN_COMMANDS_INTERRUPTED_RESUMABLE",
    kind: "user",
    exit: 130,
    httpStatus: 499,
    isRetryable: true,
    text: {
      en: "Interrupted. What is done so far is kept.",
      enHint: "Go on where it stopped: {command}",
      id: "Dihentikan. Yang sudah selesai tetap tersimpan.",
      idHint: "Lanjutkan dari sini: {command}",
    },
  }),
  uploadNotPublished: defineError({
    code: "DSDN_COMMANDS_UPLOAD_NOT_PUBLISHED",
    kind: "network",
    exit: 39,
    httpStatus: 504,
    isRetryable: true,
    text: {
      en: "{name} is safe on nodes of two zones, but not on the log after {seconds} s: {state}.",
      enHint:
        "Nothing is lost, and the nodes bring it to the log as soon as that is possible again. Go on with: {command}",
      id: "{name} sudah aman di node dua zona, tetapi belum ada di log setelah {seconds} detik: {state}.",
      idHint: "Tidak ada yang hilang, dan node membawanya ke log begitu itu mungkin lagi. Lanjutkan dengan: {command}",
    },
  }),
  stdinUnused: defineError({
    code: "DSDN_COMMANDS_STDIN_UNUSED",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{path} is a {kind}, which reads no standard input.",
      enHint: "Leave out --stdin, or name a script.",
      id: "{path} adalah {kind}, yang tidak membaca masukan standar.",
      idHint: "Hapus --stdin, atau sebutkan sebuah skrip.",
    },
  }),
  inputTwice: defineError({
    code: "DSDN_COMMANDS_INPUT_TWICE",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "Standard input cannot be two things at once.",
      enHint: "Give one of the two files by its path.",
      id: "Masukan standar tidak dapat dipakai untuk dua hal sekaligus.",
      idHint: "Sebutkan salah satu berkas dengan jalurnya.",
    },
  }),
  envPair: defineError({
    code: "DSDN_COMMANDS_ENV_PAIR",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{given} is not NAME=value.",
      enHint: "Write each value as NAME=value; quote it when it holds spaces.",
      id: "{given} bukan NAMA=nilai.",
      idHint: "Tulis tiap nilai sebagai NAMA=nilai; beri tanda kutip bila mengandung spasi.",
    },
  }),
  receiptMissing: defineError({
    code: "DSDN_COMMANDS_RECEIPT_MISSING",
    kind: "user",
    exit: 34,
    httpStatus: 404,
    text: {
      en: "There is no receipt at {path}, and none was kept for an upload of that CID.",
      enHint: "Name the file of a receipt, or the CID of something uploaded from here; `dsdn stat <name>` shows it.",
      id: "Tidak ada tanda terima di {path}, dan tidak tersimpan satu pun untuk unggahan dengan CID itu.",
      idHint: "Sebutkan berkas tanda terima, atau CID unggahan yang dibuat di sini; `dsdn stat <nama>` menampilkannya.",
    },
  }),
  stateDiffers: defineError({
    code: "DSDN_COMMANDS_STATE_DIFFERS",
    kind: "peer",
    exit: 43,
    httpStatus: 409,
    text: {
      en: "At height {height} the log gives the state root {root}, but not every role says so: {roles}.",
      enHint:
        "Trust the log, not that role. Restart it with `dsdn rebuild <role>`; on a devnet `dsdn dev heal` ends a fault.",
      id: "Pada ketinggian {height} log menghasilkan akar keadaan {root}, tetapi tidak semua peran menyatakan demikian: {roles}.",
      idHint:
        "Percayai log, bukan peran itu. Bangun ulang dengan `dsdn rebuild <role>`; di devnet `dsdn dev heal` mengakhiri gangguan.",
    },
  }),
  logUnknown: defineError({
    code: "DSDN_COMMANDS_LOG_UNKNOWN",
    kind: "user",
    exit: 15,
    httpStatus: 400,
    text: {
      en: "It is not known where this network's log can be read.",
      enHint: "Set DA_RPC_URL to a Celestia node, and DA_AUTH_TOKEN_FILE to the file of its token.",
      id: "Belum diketahui di mana log jaringan ini dapat dibaca.",
      idHint: "Isi DA_RPC_URL dengan sebuah node Celestia, dan DA_AUTH_TOKEN_FILE dengan berkas tokennya.",
    },
  }),
  demoDiffers: defineError({
    code: "DSDN_COMMANDS_DEMO_DIFFERS",
    kind: "bug",
    exit: 1,
    httpStatus: 500,
    text: {
      en: "{path} came back with other bytes than were stored.",
      enHint: "This is a bug of the program; please report it.",
      id: "{path} kembali dengan isi yang berbeda dari yang disimpan.",
      idHint: "Ini kesalahan program; mohon dilaporkan.",
    },
  }),
  scriptFailed: defineError({
    code: "DSDN_COMMANDS_SCRIPT_FAILED",
    quotes: ["reason"],
    kind: "user",
    exit: 2,
    httpStatus: 422,
    text: {
      en: "The script failed: {reason}",
      enHint: "Correct it and run it again. It is the body of an async function; `client` is the connected library.",
      id: "Skrip gagal: {reason}",
      idHint: "Perbaiki lalu jalankan lagi. Isinya badan fungsi async; `client` adalah pustaka yang tersambung.",
    },
  }),
};
