import type { Text } from "./markdown.ts";

/** What the errors of each room are about; the room is the second word of a code. */
export const errorRooms: { readonly [room: string]: Text } = {
  base: { en: "Errors of files, ports and requests", id: "Galat berkas, port, dan permintaan" },
  chain: { en: "Errors of the chain", id: "Galat rantai" },
  client: { en: "Errors of storing, deploying and checking", id: "Galat menyimpan, men-deploy, dan memeriksa" },
  commands: { en: "Errors of commands and settings", id: "Galat perintah dan setelan" },
  coordinator: { en: "Errors of a coordinator", id: "Galat koordinator" },
  crypto: { en: "Errors of encryption and shares", id: "Galat enkripsi dan bagian kunci" },
  da: { en: "Errors of data availability", id: "Galat ketersediaan data" },
  devnet: { en: "Errors of the devnet", id: "Galat devnet" },
  ingress: { en: "Errors of an ingress", id: "Galat ingress" },
  intent: { en: "Errors of dsdn.yaml", id: "Galat dsdn.yaml" },
  keys: { en: "Errors of accounts and keys", id: "Galat akun dan kunci" },
  library: { en: "Errors of the library", id: "Galat pustaka" },
  net: { en: "Errors between machines", id: "Galat antarmesin" },
  node: { en: "Errors of a node", id: "Galat node" },
  objects: { en: "Errors of objects", id: "Galat objek" },
  packager: { en: "Errors of packing a project", id: "Galat pengemasan proyek" },
  profile: {
    en: "Errors of what you keep: settings, networks, sessions",
    id: "Galat setelan, jaringan, dan sesi yang Anda simpan",
  },
  protocol: { en: "Errors of formats and signatures", id: "Galat format dan tanda tangan" },
  roles: { en: "Errors of starting a role", id: "Galat menjalankan peran" },
  runtime: { en: "Errors of running programs", id: "Galat program yang berjalan" },
  sequencer: { en: "Errors of the sequencer", id: "Galat sequencer" },
  state: { en: "Errors of the state", id: "Galat keadaan" },
  storage: { en: "Errors of a node's disk", id: "Galat disk sebuah node" },
  ui: { en: "Errors of questions", id: "Galat pertanyaan" },
};
