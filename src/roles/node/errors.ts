import { defineError } from "../../base/index.ts";

/** The errors of the room `roles/node`. */
export const nodeErrors = {
  ordersRefused: defineError({
    code: "DSDN_NODE_ORDERS_REFUSED",
    kind: "user",
    exit: 30,
    httpStatus: 409,
    text: {
      en: "A node takes no orders: {path} changes nothing. It acts on the log alone.",
      enHint: "Send a signed event to a coordinator's /v1/events instead.",
      id: "Node tidak menerima perintah: {path} tidak mengubah apa pun. Node bertindak menurut log saja.",
      idHint: "Kirim peristiwa bertanda tangan ke /v1/events milik koordinator.",
    },
  }),
  leaseMissing: defineError({
    code: "DSDN_NODE_LEASE_MISSING",
    kind: "user",
    exit: 30,
    httpStatus: 403,
    text: {
      en: "This node stores bytes only under an upload lease.",
      enHint: "Upload with `dsdn upload`, or send the lease in the dsdn-lease header.",
      id: "Node ini menyimpan byte hanya dengan izin unggah.",
      idHint: "Unggah dengan `dsdn upload`, atau kirim izin di header dsdn-lease.",
    },
  }),
  leaseInvalid: defineError({
    code: "DSDN_NODE_LEASE_INVALID",
    kind: "user",
    exit: 30,
    httpStatus: 403,
    text: {
      en: "The upload lease is not valid: {reason}.",
      enHint: "Run the upload again; it makes a new lease and sends only what is missing.",
      id: "Izin unggah tidak sah: {reason}.",
      idHint: "Jalankan lagi unggahan; izin baru dibuat dan hanya yang kurang yang dikirim.",
    },
  }),
  hashMismatch: defineError({
    code: "DSDN_NODE_HASH_MISMATCH",
    kind: "peer",
    exit: 40,
    httpStatus: 400,
    text: {
      en: "The bytes do not have the hash they were sent under ({expected}).",
      enHint: "They were changed on the way. Send them again.",
      id: "Byte yang diterima tidak sesuai hash pengirimannya ({expected}).",
      idHint: "Data berubah di jalan. Kirim lagi.",
    },
  }),
  chunkMissing: defineError({
    code: "DSDN_NODE_CHUNK_MISSING",
    kind: "network",
    exit: 35,
    httpStatus: 404,
    text: {
      en: "This node does not hold {chunk}.",
      enHint: "Ask the ingress, which knows which nodes do.",
      id: "Node ini tidak menyimpan {chunk}.",
      idHint: "Tanyakan ke ingress, yang tahu node mana yang menyimpannya.",
    },
  }),
  workloadMissing: defineError({
    code: "DSDN_NODE_WORKLOAD_MISSING",
    kind: "network",
    exit: 36,
    httpStatus: 404,
    isRetryable: true,
    text: {
      en: "The system is moving the workload. Estimate: 30 to 60 seconds.",
      enHint: "This node does not run {workload} now. Nothing is lost: try again then.",
      id: "Sistem sedang memindahkan workload. Estimasi 30-60 detik.",
      idHint: "Node ini sedang tidak menjalankan {workload}. Tidak ada yang hilang: coba lagi setelah itu.",
    },
  }),
  publishRequestInvalid: defineError({
    code: "DSDN_NODE_PUBLISH_REQUEST_INVALID",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "The publish request was not taken: {reason}.",
      enHint: "Send the manifest with the signed publish request that names it.",
      id: "Permintaan terbit tidak diterima: {reason}.",
      idHint: "Kirim manifes bersama permintaan terbit bertanda tangan yang menyebutnya.",
    },
  }),
  notOwnersPackage: defineError({
    code: "DSDN_NODE_NOT_OWNERS_PACKAGE",
    kind: "peer",
    exit: 42,
    httpStatus: 422,
    text: {
      en: "The package of workload {workload} was not signed by a session of its owner.",
      enHint: "Deploy it again with `dsdn deploy`.",
      id: "Paket beban kerja {workload} tidak ditandatangani oleh sesi pemiliknya.",
      idHint: "Deploy lagi dengan `dsdn deploy`.",
    },
  }),
  inputTooLarge: defineError({
    code: "DSDN_NODE_INPUT_TOO_LARGE",
    kind: "user",
    exit: 22,
    httpStatus: 413,
    text: {
      en: "The input {object} of this run is larger than {limitBytes} bytes.",
      enHint: "Give the run a smaller input, for example one part after the other.",
      id: "Masukan {object} untuk run ini lebih besar dari {limitBytes} byte.",
      idHint: "Berikan masukan yang lebih kecil, misalnya bagian demi bagian.",
    },
  }),
  sealedUnreadable: defineError({
    code: "DSDN_NODE_SEALED_UNREADABLE",
    kind: "user",
    exit: 42,
    httpStatus: 422,
    text: {
      en: "This node cannot open what was sealed for workload {workload}.",
      enHint: "Deploy it again with `dsdn deploy`: the keys are then sealed to nodes that run now.",
      id: "Node ini tidak dapat membuka segel beban kerja {workload}.",
      idHint: "Deploy lagi dengan `dsdn deploy`: kuncinya lalu disegel untuk node yang sedang berjalan.",
    },
  }),
  logPrivate: defineError({
    code: "DSDN_NODE_LOG_PRIVATE",
    kind: "user",
    exit: 40,
    httpStatus: 403,
    text: {
      en: "The log of this workload is for its owner only: {reason}.",
      enHint: "Whoever deployed it reads it with `dsdn logs <name>`; the clock of that machine must be right.",
      id: "Log beban kerja ini hanya untuk pemiliknya: {reason}.",
      idHint: "Yang men-deploy membacanya dengan `dsdn logs <nama>`; jam mesinnya harus tepat.",
    },
  }),
};
