import { defineError } from "../../base/index.ts";

/** The errors of the room `roles/coordinator`. */
export const coordinatorErrors = {
  mempoolFull: defineError({
    code: "DSDN_COORDINATOR_MEMPOOL_FULL",
    kind: "network",
    exit: 33,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "The coordinator holds as many waiting requests as it may ({count}).",
      enHint: "The log is slow at the moment. Nothing is lost; try again in a minute.",
      id: "Koordinator sudah menampung permintaan tertunda sebanyak batasnya ({count}).",
      idHint: "Log sedang lambat. Tidak ada yang hilang; coba lagi semenit lagi.",
    },
  }),
  staleSequence: defineError({
    code: "DSDN_COORDINATOR_STALE_SEQUENCE",
    kind: "user",
    exit: 34,
    httpStatus: 409,
    text: {
      en: "This request was numbered {given}, but the log expects {expected} from its author.",
      enHint: "Another program used the same session. Run the command again.",
      id: "Permintaan ini bernomor {given}, padahal log mengharapkan {expected} dari pembuatnya.",
      idHint: "Program lain memakai sesi yang sama. Jalankan lagi perintahnya.",
    },
  }),
  authorUnknown: defineError({
    code: "DSDN_COORDINATOR_AUTHOR_UNKNOWN",
    kind: "user",
    exit: 34,
    httpStatus: 409,
    text: {
      en: "The log does not know the key that signed this request ({kind}).",
      enHint: "Send the session's grant or the node's registration first.",
      id: "Log tidak mengenal kunci yang menandatangani permintaan ini ({kind}).",
      idHint: "Kirim dulu izin sesi atau pendaftaran node.",
    },
  }),
  foreignNetwork: defineError({
    code: "DSDN_COORDINATOR_FOREIGN_NETWORK",
    kind: "user",
    exit: 30,
    httpStatus: 409,
    text: {
      en: "This request was signed for another network.",
      enHint: "Check which network is selected and run the command again.",
      id: "Permintaan ini ditandatangani untuk jaringan lain.",
      idHint: "Periksa jaringan yang dipilih lalu jalankan lagi perintahnya.",
    },
  }),
  ordersRefused: defineError({
    code: "DSDN_COORDINATOR_ORDERS_REFUSED",
    kind: "user",
    exit: 30,
    httpStatus: 409,
    text: {
      en: "A coordinator gives no orders: {path} changes nothing outside the log.",
      enHint: "Send a signed event to /v1/events; every role acts on the log.",
      id: "Koordinator tidak memberi perintah: {path} tidak mengubah apa pun di luar log.",
      idHint: "Kirim peristiwa bertanda tangan ke /v1/events; setiap peran bertindak menurut log.",
    },
  }),
};
