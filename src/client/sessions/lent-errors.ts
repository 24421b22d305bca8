import { defineError } from "../../base/index.ts";

/** What goes wrong with a session that acts where the account key is not. */
export const lentErrors = {
  sessionOtherNetwork: defineError({
    code: "DSDN_CLIENT_SESSION_OTHER_NETWORK",
    kind: "user",
    exit: 33,
    httpStatus: 409,
    text: {
      en: "The session {name} is for the network {network}, and this is {answered}. Nothing was sent.",
      enHint: "Name the network it was granted for by --network or --ingress, or grant a session for this one.",
      id: "Sesi {name} berlaku untuk jaringan {network}, sedangkan ini {answered}. Tidak ada yang dikirim.",
      idHint: "Sebut jaringan tempat sesi itu diberikan lewat --network atau --ingress, atau beri sesi untuk yang ini.",
    },
  }),
  sessionExpired: defineError({
    code: "DSDN_CLIENT_SESSION_EXPIRED",
    kind: "user",
    exit: 33,
    httpStatus: 401,
    text: {
      en: "The session {name} expired at {time}.",
      enHint: "Grant a new one with `dsdn session grant --name {name}` and put it in the place of the old one.",
      id: "Sesi {name} kedaluwarsa pada {time}.",
      idHint: "Beri yang baru dengan `dsdn session grant --name {name}`, lalu pasang menggantikan yang lama.",
    },
  }),
  sessionRevoked: defineError({
    code: "DSDN_CLIENT_SESSION_REVOKED",
    kind: "user",
    exit: 33,
    httpStatus: 401,
    text: {
      en: "The session {name} was revoked by its account.",
      enHint: "If it is still needed, its owner grants a new one: `dsdn session grant --name {name}`.",
      id: "Sesi {name} sudah dicabut oleh akunnya.",
      idHint: "Bila masih diperlukan, pemiliknya memberi yang baru: `dsdn session grant --name {name}`.",
    },
  }),
  sessionRefused: defineError({
    code: "DSDN_CLIENT_SESSION_REFUSED",
    kind: "user",
    exit: 33,
    httpStatus: 401,
    text: {
      en: "The network no longer accepts what the session {name} signs: it ended meanwhile.",
      enHint: "Its owner sees it in `dsdn session list` and can grant a new one.",
      id: "Jaringan tidak lagi menerima tanda tangan sesi {name}: sesi itu baru saja berakhir.",
      idHint: "Pemiliknya melihatnya di `dsdn session list` dan dapat memberi yang baru.",
    },
  }),
  sessionBusy: defineError({
    code: "DSDN_CLIENT_SESSION_BUSY",
    kind: "network",
    exit: 36,
    httpStatus: 409,
    isRetryable: true,
    text: {
      en: "Another program used the same session at the same moment; what it sent came first.",
      enHint: "Run the command again. Where many run at once, grant each its own session.",
      id: "Program lain memakai sesi yang sama pada saat yang sama; kirimannya lebih dahulu.",
      idHint: "Jalankan lagi perintahnya. Bila banyak yang berjalan bersamaan, beri masing-masing sesi sendiri.",
    },
  }),
  sessionScope: defineError({
    code: "DSDN_CLIENT_SESSION_SCOPE",
    kind: "user",
    exit: 33,
    httpStatus: 403,
    text: {
      en: "The session {name} may not {scope}; it was granted for {granted}.",
      enHint: "Its owner can grant one that may: `dsdn session grant --name {name} --scope {granted},{scope}`.",
      id: "Sesi {name} tidak boleh {scope}; izinnya hanya {granted}.",
      idHint: "Pemiliknya dapat memberi sesi yang boleh: `dsdn session grant --name {name} --scope {granted},{scope}`.",
    },
  }),
  sessionReach: defineError({
    code: "DSDN_CLIENT_SESSION_REACH",
    kind: "user",
    exit: 33,
    httpStatus: 403,
    text: {
      en: "The session {name} does not have the keys this takes: settings and secrets are sealed for the account.",
      enHint: "Its owner can grant one that has them: `dsdn session grant --name {name} --reads {needed}`.",
      id: "Sesi {name} tidak memegang kunci yang diperlukan: setelan dan rahasia disegel untuk akun.",
      idHint: "Pemiliknya dapat memberi sesi yang memegangnya: `dsdn session grant --name {name} --reads {needed}`.",
    },
  }),
  sessionUnknown: defineError({
    code: "DSDN_CLIENT_SESSION_UNKNOWN",
    kind: "user",
    exit: 34,
    httpStatus: 404,
    text: {
      en: "You have no session called {reference}.",
      enHint: "`dsdn session list` shows names and keys; a name is known only where it was granted, a key everywhere.",
      id: "Anda tidak punya sesi bernama {reference}.",
      idHint:
        "`dsdn session list` menampilkan nama dan kunci; nama hanya dikenal di tempat sesi diberikan, kunci di mana saja.",
    },
  }),
  sessionAmbiguous: defineError({
    code: "DSDN_CLIENT_SESSION_AMBIGUOUS",
    kind: "user",
    exit: 2,
    httpStatus: 409,
    text: {
      en: "{reference} fits more than one session: {keys}.",
      enHint: "Name the one you mean by its key, as `dsdn session list` shows it.",
      id: "{reference} cocok dengan lebih dari satu sesi: {keys}.",
      idHint: "Sebut yang dimaksud menurut kuncinya, seperti pada `dsdn session list`.",
    },
  }),
};
