import { defineError } from "../base/index.ts";

/** The errors of the room `state`. */
export const stateErrors = {
  upgradeRequired: defineError({
    code: "DSDN_STATE_UPGRADE_REQUIRED",
    kind: "user",
    exit: 14,
    httpStatus: 503,
    text: {
      en: "The network moved to protocol version {version} at height {height}; this dsdn knows up to version {known}.",
      enHint: "Install a newer dsdn and start it again; it goes on from where this one stopped.",
      id: "Jaringan beralih ke protokol versi {version} pada ketinggian {height}; dsdn ini hanya mengenal sampai versi {known}.",
      idHint: "Pasang dsdn yang lebih baru lalu jalankan lagi; ia melanjutkan dari tempat yang ini berhenti.",
    },
  }),
  heightOutOfOrder: defineError({
    code: "DSDN_STATE_HEIGHT_OUT_OF_ORDER",
    kind: "network",
    exit: 35,
    httpStatus: 502,
    text: {
      en: "The log delivered height {actual} where height {expected} comes next.",
      enHint: "The data-availability source is faulty. Point dsdn at another one; what was read so far stays valid.",
      id: "Log mengirim ketinggian {actual}, padahal berikutnya seharusnya {expected}.",
      idHint: "Sumber ketersediaan data bermasalah. Arahkan dsdn ke sumber lain; yang sudah dibaca tetap sah.",
    },
  }),
  logEnded: defineError({
    code: "DSDN_STATE_LOG_ENDED",
    kind: "network",
    exit: 35,
    httpStatus: 502,
    isRetryable: true,
    text: {
      en: "The log ended after height {height} although nobody stopped it.",
      enHint: "Start the role again; it goes on from its last checkpoint.",
      id: "Log berakhir setelah ketinggian {height} padahal tidak ada yang menghentikannya.",
      idHint: "Jalankan lagi peran ini; ia melanjutkan dari titik simpan terakhir.",
    },
  }),
  checkpointUnusable: defineError({
    code: "DSDN_STATE_CHECKPOINT_UNUSABLE",
    kind: "network",
    exit: 36,
    httpStatus: 500,
    text: {
      en: "The checkpoint of the state cannot be used: {reason}.",
      enHint: "Nothing is lost: the state is rebuilt from the log.",
      id: "Titik simpan keadaan tidak dapat dipakai: {reason}.",
      idHint: "Tidak ada yang hilang: keadaan dibangun ulang dari log.",
    },
  }),
  replicaStopped: defineError({
    code: "DSDN_STATE_REPLICA_STOPPED",
    kind: "network",
    exit: 35,
    httpStatus: 503,
    text: {
      en: "The log is no longer followed here; what was waited for cannot be seen any more.",
      enHint: "Start the role again and repeat the request.",
      id: "Log tidak lagi diikuti di sini; yang ditunggu tidak dapat terlihat lagi.",
      idHint: "Jalankan lagi peran ini lalu ulangi permintaannya.",
    },
  }),
};
