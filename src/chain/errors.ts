import { defineError } from "../base/index.ts";

/** The errors of the room `chain`. */
export const chainErrors = {
  genesisInvalid: defineError({
    code: "DSDN_CHAIN_GENESIS_INVALID",
    kind: "user",
    exit: 13,
    httpStatus: 400,
    text: {
      en: "The chain's genesis is not valid: {reason}.",
      enHint: "Correct the genesis file, or take it again from the network you want to join.",
      id: "Genesis rantai tidak sah: {reason}.",
      idHint: "Perbaiki berkas genesis, atau ambil lagi dari jaringan yang ingin Anda ikuti.",
    },
  }),
  callRefused: defineError({
    code: "DSDN_CHAIN_CALL_REFUSED",
    quotes: ["reason"],
    kind: "user",
    exit: 33,
    httpStatus: 400,
    text: {
      en: "The chain refused the call {method}: {reason}.",
      enHint: "Check the transaction's nonce, balance, fee and data, then send it again.",
      id: "Rantai menolak panggilan {method}: {reason}.",
      idHint: "Periksa nonce, saldo, biaya, dan data transaksi itu, lalu kirim lagi.",
    },
  }),
  batchInvalid: defineError({
    code: "DSDN_CHAIN_BATCH_INVALID",
    kind: "peer",
    exit: 42,
    httpStatus: 400,
    text: {
      en: "The chain batch of blocks {firstBlock} to {lastBlock} is not valid at block {block}: {reason}.",
      enHint: "The sequencer posted something no honest one posts. Replay stops here; ask the network's validators.",
      id: "Kumpulan blok {firstBlock} sampai {lastBlock} tidak sah pada blok {block}: {reason}.",
      idHint:
        "Sequencer mengirim sesuatu yang tidak wajar. Pemutaran ulang berhenti; tanyakan pada validator jaringan.",
    },
  }),
  batchMalformed: defineError({
    code: "DSDN_CHAIN_BATCH_MALFORMED",
    kind: "peer",
    exit: 42,
    httpStatus: 400,
    text: {
      en: "These bytes are not a chain batch ({reason}).",
      enHint: "They were damaged on the way or made by a faulty program. Fetch the log again from another source.",
      id: "Byte ini bukan kumpulan blok rantai ({reason}).",
      idHint: "Data itu rusak di jalan atau dibuat program yang keliru. Ambil lagi log dari sumber lain.",
    },
  }),
  batchForked: defineError({
    code: "DSDN_CHAIN_BATCH_FORKED",
    kind: "peer",
    exit: 43,
    httpStatus: 409,
    text: {
      en: "The batch of blocks {firstBlock} to {lastBlock} does not continue the chain, which stands at block {head}.",
      enHint: "The sequencer posted two histories, or batches are missing. Replay stops; do not trust later blocks.",
      id: "Kumpulan blok {firstBlock} sampai {lastBlock} tidak melanjutkan rantai yang berada di blok {head}.",
      idHint: "Sequencer mengirim dua riwayat, atau ada kumpulan yang hilang. Jangan percaya blok sesudahnya.",
    },
  }),
  rootMismatch: defineError({
    code: "DSDN_CHAIN_ROOT_MISMATCH",
    kind: "peer",
    exit: 44,
    httpStatus: 409,
    text: {
      en: "After block {block} the sequencer claims state root {claimed}, but replaying its transactions gives {replayed}.",
      enHint:
        "Either the sequencer lies or this program computes another state. Replay stops; compare with another replayer.",
      id: "Setelah blok {block} sequencer mengaku akar keadaan {claimed}, tetapi pemutaran ulang memberi {replayed}.",
      idHint: "Sequencer berbohong atau program ini menghitung berbeda. Bandingkan dengan pemutar ulang lain.",
    },
  }),
  stopped: defineError({
    code: "DSDN_CHAIN_STOPPED",
    kind: "network",
    exit: 35,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "The chain takes no requests now: {reason}.",
      enHint: "Storage and deployments go on without it. Start the sequencer again and repeat the request.",
      id: "Rantai sedang tidak menerima permintaan: {reason}.",
      idHint: "Penyimpanan dan deploy tetap berjalan. Jalankan lagi sequencer lalu ulangi permintaan.",
    },
  }),
};
