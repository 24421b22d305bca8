import { defineError } from "../../../base/index.ts";

/** The errors of networks the user knows by name, and of what is kept about them. */
export const networkErrors = {
  networkUnknown: defineError({
    code: "DSDN_COMMANDS_NETWORK_UNKNOWN",
    kind: "user",
    exit: 2,
    httpStatus: 404,
    text: {
      en: "You know no network called {network} (named by {place}). Known: {known}.",
      enHint: "Add it with `dsdn network add {network} --ingress <url>`, or name a known one by --network.",
      id: "Anda tidak mengenal jaringan bernama {network} (disebut oleh {place}). Yang dikenal: {known}.",
      idHint: "Tambahkan dengan `dsdn network add {network} --ingress <url>`, atau sebut yang dikenal lewat --network.",
    },
  }),
  networkTaken: defineError({
    code: "DSDN_COMMANDS_NETWORK_TAKEN",
    kind: "user",
    exit: 2,
    httpStatus: 409,
    text: {
      en: "{network} is the name of another network already.",
      enHint:
        "Take another name, or `dsdn network remove {network}` first. `devnet` is always the one of this machine.",
      id: "{network} sudah menjadi nama jaringan lain.",
      idHint:
        "Pakai nama lain, atau `dsdn network remove {network}` dahulu. `devnet` selalu berarti jaringan di mesin ini.",
    },
  }),
  networkInsecure: defineError({
    code: "DSDN_COMMANDS_NETWORK_INSECURE",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "{url} is not encrypted: whoever is on the way could read your token and change the answers.",
      enHint: "Use https://. If the way itself is private, such as a tunnel, say so with --insecure.",
      id: "{url} tidak terenkripsi: siapa pun di tengah jalan dapat membaca token Anda dan mengubah jawaban.",
      idHint: "Pakai https://. Bila jalurnya memang privat, misalnya lewat terowongan, nyatakan dengan --insecure.",
    },
  }),
  tooManyNetworks: defineError({
    code: "DSDN_COMMANDS_TOO_MANY_NETWORKS",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "You know {limit} networks already.",
      enHint: "Remove one that you no longer use: `dsdn network list`, `dsdn network remove <name>`.",
      id: "Anda sudah mengenal {limit} jaringan.",
      idHint: "Hapus yang tidak lagi dipakai: `dsdn network list`, `dsdn network remove <name>`.",
    },
  }),
  projectFileInvalid: defineError({
    code: "DSDN_COMMANDS_PROJECT_FILE_INVALID",
    kind: "user",
    exit: 15,
    httpStatus: 400,
    text: {
      en: "{place} cannot be used: all it may say is `network: <name>`, the name of a network you know.",
      enHint:
        "Addresses, tokens and commands do not belong in a project: add the network with `dsdn network add`. To pass over the file, name one by --network.",
      id: "{place} tidak dapat dipakai: isinya hanya boleh `network: <name>`, nama jaringan yang Anda kenal.",
      idHint:
        "Alamat, token, dan perintah tidak ditaruh di proyek: tambahkan jaringannya dengan `dsdn network add`. Untuk melewati berkas ini, sebut jaringan lewat --network.",
    },
  }),
  projectUnconfirmed: defineError({
    code: "DSDN_COMMANDS_PROJECT_UNCONFIRMED",
    kind: "user",
    exit: 2,
    httpStatus: 403,
    text: {
      en: "{place} in {folder} asks for the network {network}, which you have not agreed to for that folder. Nothing was sent.",
      enHint:
        "Agree once with `dsdn network use {network} --project` there, or name the network yourself: --network {network}.",
      id: "{place} di {folder} meminta jaringan {network}, yang belum Anda setujui untuk folder itu. Tidak ada yang dikirim.",
      idHint:
        "Setujui sekali dengan `dsdn network use {network} --project` di sana, atau sebut sendiri jaringannya: --network {network}.",
    },
  }),
  networksDisagree: defineError({
    code: "DSDN_COMMANDS_NETWORKS_DISAGREE",
    kind: "peer",
    exit: 49,
    httpStatus: 409,
    text: {
      en: "{url} serves the network {answered}, not {expected}.",
      enHint: "All ingresses of one name must serve the same network. Check the addresses and --network-id.",
      id: "{url} melayani jaringan {answered}, bukan {expected}.",
      idHint: "Semua ingress di bawah satu nama harus melayani jaringan yang sama. Periksa alamat dan --network-id.",
    },
  }),
  settingUnknown: defineError({
    code: "DSDN_COMMANDS_SETTING_UNKNOWN",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "There is no setting called {key} that can be kept.",
      enHint: "These can: {known}. `dsdn config` shows all there are.",
      id: "Tidak ada setelan bernama {key} yang dapat disimpan.",
      idHint: "Yang dapat disimpan: {known}. `dsdn config` menampilkan semuanya.",
    },
  }),
};
