import { defineError } from "../../../base/index.ts";

/** The errors of the commands about deployments, their versions and their runs. */
export const deploymentErrors = {
  deployRefused: defineError({
    code: "DSDN_COMMANDS_DEPLOY_REFUSED",
    kind: "user",
    exit: 28,
    httpStatus: 422,
    text: {
      en: "The validators refused {name}: {reason}.",
      enHint: "Correct what it names and deploy again. What was deployed before goes on as it was.",
      id: "Validator menolak {name}: {reason}.",
      idHint: "Perbaiki hal yang disebut lalu deploy lagi. Versi sebelumnya tetap berjalan.",
    },
  }),
  readsUnconfirmed: defineError({
    code: "DSDN_COMMANDS_READS_UNCONFIRMED",
    kind: "user",
    exit: 2,
    httpStatus: 403,
    text: {
      en: "{name} wants to read private files of yours, which you have not agreed to: {objects}. Nothing was sent.",
      enHint:
        "Its `dsdn.yaml` names them under grants. If they are for this program, deploy with --yes; otherwise take them out.",
      id: "{name} ingin membaca berkas privat Anda, dan Anda belum menyetujuinya: {objects}. Tidak ada yang dikirim.",
      idHint:
        "`dsdn.yaml`-nya menyebut berkas itu di bawah grants. Bila memang untuk program ini, deploy dengan --yes; bila tidak, hapus dari sana.",
    },
  }),
  deployFailed: defineError({
    code: "DSDN_COMMANDS_DEPLOY_FAILED",
    kind: "user",
    exit: 29,
    httpStatus: 422,
    text: {
      en: "{name} did not run on any node: {reason}.",
      enHint: "`dsdn logs {name}` shows what it wrote. Correct it and deploy again; what ran before goes on.",
      id: "{name} tidak berjalan di node mana pun: {reason}.",
      idHint: "`dsdn logs {name}` menampilkan keluarannya. Perbaiki lalu deploy lagi; versi sebelumnya tetap berjalan.",
    },
  }),
  deployNotAnswering: defineError({
    code: "DSDN_COMMANDS_DEPLOY_NOT_ANSWERING",
    kind: "network",
    exit: 39,
    httpStatus: 504,
    isRetryable: true,
    text: {
      en: "{name} is not there after {seconds} s: {state}.",
      enHint: "Nothing is lost and it goes on by itself: `dsdn status {name}` shows how far it is.",
      id: "{name} belum siap setelah {seconds} detik: {state}.",
      idHint: "Tidak ada yang hilang dan prosesnya berlanjut sendiri: `dsdn status {name}` menampilkan kemajuannya.",
    },
  }),
  noJob: defineError({
    code: "DSDN_COMMANDS_NO_JOB",
    kind: "user",
    exit: 2,
    httpStatus: 404,
    text: {
      en: "{name} answers requests; it is no script that runs and ends.",
      enHint: "`dsdn jobs list` lists your scripts; `dsdn status {name}` shows this one.",
      id: "{name} menjawab permintaan; bukan skrip yang berjalan lalu selesai.",
      idHint: "`dsdn jobs list` menampilkan skrip Anda; `dsdn status {name}` menampilkan yang ini.",
    },
  }),
  runUnknown: defineError({
    code: "DSDN_COMMANDS_RUN_UNKNOWN",
    kind: "user",
    exit: 2,
    httpStatus: 404,
    text: {
      en: "{name} has no run {run}.",
      enHint: "Its runs are {known}; older ones of a schedule are forgotten.",
      id: "{name} tidak punya run {run}.",
      idHint: "Run yang ada: {known}; yang lama dari sebuah jadwal sudah dilupakan.",
    },
  }),
  scheduleUnused: defineError({
    code: "DSDN_COMMANDS_SCHEDULE_UNUSED",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{path} is of type {type}, which runs all the time and by no schedule.",
      enHint: "Leave the schedule out, or deploy it with --type batch.",
      id: "{path} bertipe {type}, yang berjalan terus dan tidak menurut jadwal.",
      idHint: "Hapus jadwalnya, atau deploy dengan --type batch.",
    },
  }),
  scheduleNotTaken: defineError({
    code: "DSDN_COMMANDS_SCHEDULE_NOT_TAKEN",
    kind: "network",
    exit: 37,
    httpStatus: 409,
    isRetryable: true,
    text: {
      en: "The log has not taken the schedule of {name}.",
      enHint: "An account may have 100 schedules: `dsdn jobs list` counts yours. If it has fewer, deploy it again.",
      id: "Log belum menerima jadwal {name}.",
      idHint: "Satu akun boleh punya 100 jadwal: `dsdn jobs list` menghitungnya. Bila kurang dari itu, deploy lagi.",
    },
  }),
  deployNoNode: defineError({
    code: "DSDN_COMMANDS_DEPLOY_NO_NODE",
    kind: "network",
    exit: 38,
    httpStatus: 503,
    isRetryable: true,
    text: {
      en: "No node can take {name} now: {total} nodes, {suitable} suitable ({reasons}).",
      enHint:
        "It starts by itself once a node can take it: `dsdn status {name}` names each node. What is private or has secrets is sealed to few nodes; deploy it again to seal it to others.",
      id: "Belum ada node yang dapat menjalankan {name}: {total} node, {suitable} cocok ({reasons}).",
      idHint:
        "Ia dimulai sendiri begitu ada node yang bisa: `dsdn status {name}` menyebut tiap node. Yang privat atau punya rahasia disegel untuk beberapa node; deploy lagi agar disegel untuk node lain.",
    },
  }),
  execScript: defineError({
    code: "DSDN_COMMANDS_EXEC_SCRIPT",
    kind: "user",
    exit: 2,
    httpStatus: 409,
    text: {
      en: "{name} is a script: it answers no requests.",
      enHint: "Run it with `dsdn exec {name} -- <arguments>`.",
      id: "{name} adalah skrip: ia tidak menjawab permintaan.",
      idHint: "Jalankan dengan `dsdn exec {name} -- <argumen>`.",
    },
  }),
  versionUnknown: defineError({
    code: "DSDN_COMMANDS_VERSION_UNKNOWN",
    kind: "user",
    exit: 2,
    httpStatus: 404,
    text: {
      en: "{name} has no such version; it has {versions}.",
      enHint: "`dsdn versions {name}` lists them. A script has runs, no versions.",
      id: "{name} tidak punya versi itu; yang ada: {versions}.",
      idHint: "`dsdn versions {name}` menampilkannya. Skrip punya run, bukan versi.",
    },
  }),
  noEarlierVersion: defineError({
    code: "DSDN_COMMANDS_NO_EARLIER_VERSION",
    kind: "user",
    exit: 2,
    httpStatus: 404,
    text: {
      en: "{name} has no version before this one to go back to; it has {versions}.",
      enHint: "`dsdn versions {name}` lists them; `dsdn promote {name} <version>` takes any of them.",
      id: "{name} tidak punya versi sebelum yang ini; yang ada: {versions}.",
      idHint: "`dsdn versions {name}` menampilkannya; `dsdn promote {name} <versi>` menerima yang mana pun.",
    },
  }),
  deploymentPrivate: defineError({
    code: "DSDN_COMMANDS_DEPLOYMENT_PRIVATE",
    kind: "user",
    exit: 2,
    httpStatus: 409,
    text: {
      en: "{name} is private: it has no address to open.",
      enHint: "`dsdn status {name}` and `dsdn logs {name}` show how it does; --visibility public gives it an address.",
      id: "{name} bersifat privat: tidak punya alamat untuk dibuka.",
      idHint:
        "`dsdn status {name}` dan `dsdn logs {name}` menampilkan keadaannya; --visibility public memberinya alamat.",
    },
  }),
  deploymentRemoved: defineError({
    code: "DSDN_COMMANDS_DEPLOYMENT_REMOVED",
    kind: "user",
    exit: 2,
    httpStatus: 410,
    text: {
      en: "{name} was removed and answers no more.",
      enHint: "Deploying under that name again brings its address back; `dsdn status` lists what is running.",
      id: "{name} sudah dihapus dan tidak menjawab lagi.",
      idHint: "Deploy lagi dengan nama itu mengembalikan alamatnya; `dsdn status` menampilkan yang berjalan.",
    },
  }),
  aliasUnknown: defineError({
    code: "DSDN_COMMANDS_ALIAS_UNKNOWN",
    kind: "user",
    exit: 2,
    httpStatus: 404,
    text: {
      en: "{name} has no alias {alias}.",
      enHint: "`dsdn alias list {name}` shows those it has.",
      id: "{name} tidak punya alias {alias}.",
      idHint: "`dsdn alias list {name}` menampilkan yang ada.",
    },
  }),
  domainNotVerified: defineError({
    code: "DSDN_COMMANDS_DOMAIN_NOT_VERIFIED",
    kind: "network",
    exit: 37,
    httpStatus: 504,
    isRetryable: true,
    text: {
      en: "Validators have not found the TXT record of {domain} yet.",
      enHint: "Set {record} to {value}, give DNS a few minutes, then run `dsdn domains verify {name} {domain}` again.",
      id: "Validator belum menemukan rekaman TXT untuk {domain}.",
      idHint:
        "Isi {record} dengan {value}, beri DNS beberapa menit, lalu jalankan lagi `dsdn domains verify {name} {domain}`.",
    },
  }),
  previewUnseen: defineError({
    code: "DSDN_COMMANDS_PREVIEW_UNSEEN",
    kind: "user",
    exit: 2,
    httpStatus: 409,
    text: {
      en: "{name} has no address, so a preview of it could not be seen.",
      enHint: "Scripts and what is private answer no requests: deploy without --preview.",
      id: "{name} tidak punya alamat, jadi pratinjaunya tidak akan terlihat.",
      idHint: "Skrip dan yang privat tidak menjawab permintaan: deploy tanpa --preview.",
    },
  }),
};
