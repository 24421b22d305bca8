import { defineError } from "../../base/index.ts";

/** The errors of the room `roles/ingress`. */
export const ingressErrors = {
  notDurable: defineError({
    code: "DSDN_INGRESS_NOT_DURABLE",
    kind: "network",
    exit: 37,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "The data could be stored in {zones} zone(s) only; {needed} are needed before it counts as safe.",
      enHint:
        "Check `dsdn status`: at least two zones need a running node with free space. Then run the command again; only what is missing is sent.",
      id: "Data baru tersimpan di {zones} zona; diperlukan {needed} agar dianggap aman.",
      idHint:
        "Periksa `dsdn status`: paling sedikit dua zona harus punya node aktif dengan ruang kosong. Lalu jalankan lagi; hanya yang kurang yang dikirim.",
    },
  }),
  objectMissing: defineError({
    code: "DSDN_INGRESS_OBJECT_MISSING",
    kind: "user",
    exit: 38,
    httpStatus: 404,
    text: {
      en: "The network knows no object {object}.",
      enHint: "Check the id; `dsdn ls` lists what you own. It may have expired or been removed.",
      id: "Jaringan tidak mengenal objek {object}.",
      idHint: "Periksa id-nya; `dsdn ls` menampilkan milik Anda. Mungkin sudah kedaluwarsa atau dihapus.",
    },
  }),
  chunkMissing: defineError({
    code: "DSDN_INGRESS_CHUNK_MISSING",
    kind: "user",
    exit: 38,
    httpStatus: 404,
    text: {
      en: "The network holds nothing under {chunk}.",
      enHint: "Check the id; `dsdn ls` lists what you own. It may have expired or been removed.",
      id: "Jaringan tidak menyimpan apa pun dengan id {chunk}.",
      idHint: "Periksa id-nya; `dsdn ls` menampilkan milik Anda. Mungkin sudah kedaluwarsa atau dihapus.",
    },
  }),
  sessionMissing: defineError({
    code: "DSDN_INGRESS_SESSION_MISSING",
    kind: "user",
    exit: 38,
    httpStatus: 404,
    text: {
      en: "The log knows no session {session}.",
      enHint: "A session that was just granted appears within a few seconds; `dsdn session list` shows yours.",
      id: "Log tidak mengenal sesi {session}.",
      idHint: "Sesi yang baru diberikan muncul dalam beberapa detik; `dsdn session list` menampilkan milik Anda.",
    },
  }),
  deploymentMissing: defineError({
    code: "DSDN_INGRESS_DEPLOYMENT_MISSING",
    kind: "user",
    exit: 38,
    httpStatus: 404,
    text: {
      en: "There is no deployment {deployment} on this network.",
      enHint: "Check the name; `dsdn status` lists your deployments.",
      id: "Tidak ada deployment {deployment} di jaringan ini.",
      idHint: "Periksa namanya; `dsdn status` menampilkan deployment Anda.",
    },
  }),
  workloadMissing: defineError({
    code: "DSDN_INGRESS_WORKLOAD_MISSING",
    kind: "user",
    exit: 38,
    httpStatus: 404,
    text: {
      en: "There is no run {workload} on this network.",
      enHint: "Check the id; `dsdn status <name>` shows the runs of a deployment.",
      id: "Tidak ada run {workload} di jaringan ini.",
      idHint: "Periksa id-nya; `dsdn status <nama>` menampilkan run sebuah deployment.",
    },
  }),
  notReady: defineError({
    code: "DSDN_INGRESS_NOT_READY",
    kind: "network",
    exit: 36,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "The deployment is not answering yet.",
      enHint: "It is being started. Try again in a few seconds.",
      id: "Deployment belum menjawab.",
      idHint: "Sedang dimulai. Coba lagi beberapa detik lagi.",
    },
  }),
  moving: defineError({
    code: "DSDN_INGRESS_MOVING",
    kind: "network",
    exit: 36,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "The system is moving the workload. Estimate: 30 to 60 seconds.",
      enHint: "Nothing is lost. Try again then.",
      id: "Sistem sedang memindahkan workload. Estimasi 30-60 detik.",
      idHint: "Tidak ada yang hilang. Coba lagi setelah itu.",
    },
  }),
  deploymentFailed: defineError({
    code: "DSDN_INGRESS_DEPLOYMENT_FAILED",
    kind: "network",
    exit: 36,
    httpStatus: 502,
    text: {
      en: "The deployment could not be started.",
      enHint: "Who deployed it finds the reason with `dsdn status <name>` and `dsdn logs <name>`.",
      id: "Deployment tidak dapat dijalankan.",
      idHint: "Pemiliknya menemukan sebabnya dengan `dsdn status <nama>` dan `dsdn logs <nama>`.",
    },
  }),
  notOffered: defineError({
    code: "DSDN_INGRESS_NOT_OFFERED",
    kind: "user",
    exit: 39,
    httpStatus: 501,
    text: {
      en: "This version settles no receipts: {path} is answered but does nothing.",
      enHint: "Receipts, rewards and fraud proofs arrive with the settlement layer; watch the changelog.",
      id: "Versi ini belum menyelesaikan tanda terima: {path} dijawab tetapi tidak berbuat apa-apa.",
      idHint: "Tanda terima, imbalan, dan bukti kecurangan hadir bersama lapisan penyelesaian; pantau catatan rilis.",
    },
  }),
  tooManyRequests: defineError({
    code: "DSDN_INGRESS_TOO_MANY_REQUESTS",
    kind: "user",
    exit: 39,
    httpStatus: 429,
    isRetryable: true,
    text: {
      en: "Too many requests from this address; {retryAfterSeconds} s until the next one is taken.",
      enHint: "Wait that long and try again.",
      id: "Terlalu banyak permintaan dari alamat ini; {retryAfterSeconds} detik lagi baru diterima.",
      idHint: "Tunggu selama itu lalu coba lagi.",
    },
  }),
};
