import { defineError } from "../base/index.ts";

/** The errors of the room `runtime`. Texts that come from a workload are facts named `detail`, never part of a text. */
export const runtimeErrors = {
  bundleInvalid: defineError({
    code: "DSDN_RUNTIME_BUNDLE_INVALID",
    kind: "user",
    exit: 20,
    httpStatus: 422,
    text: {
      en: "The program cannot be loaded: {reason}.",
      enHint: "Build it again with dsdn deploy; a program may import only what is bundled with it.",
      id: "Program tidak dapat dimuat: {reason}.",
      idHint: "Bangun ulang dengan dsdn deploy; program hanya boleh memakai modul yang ikut dibundel.",
    },
  }),
  entryMissing: defineError({
    code: "DSDN_RUNTIME_ENTRY_MISSING",
    kind: "user",
    exit: 21,
    httpStatus: 422,
    text: {
      en: "The program {entry} offers nothing to call.",
      enHint:
        "In JavaScript export a default function or a default object with fetch(request); in Python define fetch(request).",
      id: "Program {entry} tidak menyediakan apa pun untuk dipanggil.",
      idHint:
        "Di JavaScript ekspor fungsi default atau objek default dengan fetch(request); di Python buat fungsi fetch(request).",
    },
  }),
  limitsInvalid: defineError({
    code: "DSDN_RUNTIME_LIMITS_INVALID",
    kind: "user",
    exit: 22,
    httpStatus: 422,
    text: {
      en: "The package cannot run here: {reason}.",
      enHint: "Only js and batch packages run in this runtime; deploy the project again to compile its limits.",
      id: "Paket tidak dapat dijalankan di sini: {reason}.",
      idHint: "Hanya paket js dan batch yang berjalan di sini; deploy ulang proyek agar batasnya disusun lagi.",
    },
  }),
  timeLimit: defineError({
    code: "DSDN_RUNTIME_TIME_LIMIT",
    kind: "user",
    exit: 23,
    httpStatus: 504,
    text: {
      en: "The program was stopped after {limitMs} ms without an answer.",
      enHint: "Look for an endless loop, or do less work in one request.",
      id: "Program dihentikan setelah {limitMs} ms tanpa jawaban.",
      idHint: "Cari perulangan tanpa akhir, atau kurangi pekerjaan dalam satu permintaan.",
    },
  }),
  memoryLimit: defineError({
    code: "DSDN_RUNTIME_MEMORY_LIMIT",
    kind: "user",
    exit: 24,
    httpStatus: 500,
    text: {
      en: "The program needed more than its {limitBytes} bytes of memory and was stopped.",
      enHint: "Work on the data in smaller parts.",
      id: "Program membutuhkan memori lebih dari {limitBytes} byte dan dihentikan.",
      idHint: "Olah data dalam bagian yang lebih kecil.",
    },
  }),
  outputLimit: defineError({
    code: "DSDN_RUNTIME_OUTPUT_LIMIT",
    kind: "user",
    exit: 25,
    httpStatus: 500,
    text: {
      en: "The program wrote more than the {limitBytes} bytes it may put out.",
      enHint: "Answer with less, or split the output over several runs.",
      id: "Program menulis lebih dari {limitBytes} byte keluaran yang diizinkan.",
      idHint: "Kurangi jawaban, atau bagi keluaran ke beberapa kali jalan.",
    },
  }),
  guestThrew: defineError({
    code: "DSDN_RUNTIME_GUEST_THREW",
    kind: "user",
    exit: 26,
    httpStatus: 500,
    text: {
      en: "The program stopped with an error of its own: {detail}.",
      enHint: "Run dsdn logs to see where it happened.",
      id: "Program berhenti karena kesalahannya sendiri: {detail}.",
      idHint: "Jalankan dsdn logs untuk melihat letaknya.",
    },
  }),
  neverAnswers: defineError({
    code: "DSDN_RUNTIME_NEVER_ANSWERS",
    kind: "user",
    exit: 27,
    httpStatus: 504,
    text: {
      en: "The program waits for something that never comes.",
      enHint: "Look for a promise that nothing resolves.",
      id: "Program menunggu sesuatu yang tidak pernah datang.",
      idHint: "Cari promise yang tidak pernah diselesaikan.",
    },
  }),
  crashed: defineError({
    code: "DSDN_RUNTIME_CRASHED",
    kind: "user",
    exit: 28,
    httpStatus: 502,
    isRetryable: true,
    text: {
      en: "The program's process ended before it answered ({reason}).",
      enHint: "It is started again for the next request; run dsdn logs if it keeps happening.",
      id: "Proses program berakhir sebelum menjawab ({reason}).",
      idHint: "Proses dimulai lagi untuk permintaan berikutnya; jalankan dsdn logs bila terus terjadi.",
    },
  }),
  interrupted: defineError({
    code: "DSDN_RUNTIME_INTERRUPTED",
    kind: "network",
    exit: 35,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "Another request ended the program's process before this one was answered.",
      enHint: "Send it again; run dsdn logs to see which request it was.",
      id: "Permintaan lain menghentikan proses program sebelum permintaan ini dijawab.",
      idHint: "Kirim lagi; jalankan dsdn logs untuk melihat permintaan mana yang menyebabkannya.",
    },
  }),
  busy: defineError({
    code: "DSDN_RUNTIME_BUSY",
    kind: "network",
    exit: 33,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "The program already has {waiting} requests waiting.",
      enHint: "Try again in a moment.",
      id: "Program sudah memiliki {waiting} permintaan yang menunggu.",
      idHint: "Coba lagi sebentar lagi.",
    },
  }),
  notLoaded: defineError({
    code: "DSDN_RUNTIME_NOT_LOADED",
    kind: "network",
    exit: 34,
    httpStatus: 404,
    isRetryable: true,
    text: {
      en: "The workload {workload} does not run here.",
      enHint: "Look at dsdn status for where it runs.",
      id: "Beban kerja {workload} tidak berjalan di sini.",
      idHint: "Lihat dsdn status untuk mengetahui tempatnya berjalan.",
    },
  }),
  requestTooLarge: defineError({
    code: "DSDN_RUNTIME_REQUEST_TOO_LARGE",
    kind: "user",
    exit: 29,
    httpStatus: 413,
    text: {
      en: "The input is larger than the {limitBytes} bytes this workload takes.",
      enHint: "Send less at once.",
      id: "Masukan melebihi {limitBytes} byte yang diterima beban kerja ini.",
      idHint: "Kirim lebih sedikit sekaligus.",
    },
  }),
  engineMismatch: defineError({
    code: "DSDN_RUNTIME_ENGINE_MISMATCH",
    kind: "user",
    exit: 19,
    httpStatus: 500,
    text: {
      en: "The engine on this machine is not the pinned one (SHA-256 {found}, wanted {wanted}).",
      enHint: "Install dsdn again from its lockfile.",
      id: "Mesin di komputer ini bukan yang ditetapkan (SHA-256 {found}, seharusnya {wanted}).",
      idHint: "Pasang ulang dsdn dari lockfile-nya.",
    },
  }),
  moduleRefused: defineError({
    code: "DSDN_RUNTIME_MODULE_REFUSED",
    kind: "user",
    exit: 20,
    httpStatus: 422,
    text: {
      en: "The WebAssembly module is refused by the rule {rule}: {reason}.",
      enHint:
        "Build it for WASI preview 1 (wasm32-wasip1) without threads, exceptions, garbage collection or 64-bit memory.",
      id: "Modul WebAssembly ditolak oleh aturan {rule}: {reason}.",
      idHint:
        "Bangun untuk WASI preview 1 (wasm32-wasip1) tanpa thread, exception, garbage collection, atau memori 64-bit.",
    },
  }),
  answerInvalid: defineError({
    code: "DSDN_RUNTIME_ANSWER_INVALID",
    kind: "user",
    exit: 28,
    httpStatus: 502,
    text: {
      en: "What the program wrote is not an answer: {reason}.",
      enHint: "Write header lines such as Content-Type: text/plain, an empty line, then the body.",
      id: "Yang ditulis program bukan sebuah jawaban: {reason}.",
      idHint: "Tulis baris header seperti Content-Type: text/plain, satu baris kosong, lalu isinya.",
    },
  }),
  engineMissing: defineError({
    code: "DSDN_RUNTIME_ENGINE_MISSING",
    kind: "user",
    exit: 19,
    httpStatus: 500,
    text: {
      en: "This node cannot run {kind} packages: {missing} is not installed.",
      enHint: "Run npm install {missing} beside dsdn and start the node again.",
      id: "Node ini tidak dapat menjalankan paket {kind}: {missing} belum terpasang.",
      idHint: "Jalankan npm install {missing} di samping dsdn lalu mulai ulang node.",
    },
  }),
};
