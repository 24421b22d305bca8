import type { Text } from "./markdown.ts";

/** What somebody sees who does not know the code, and the errors that say so. A test checks that every code exists. */
export interface Symptoms {
  readonly title: Text;
  readonly rows: readonly { readonly see: Text; readonly codes: readonly string[] }[];
}

export const symptoms: readonly Symptoms[] = [
  {
    title: { en: "Nothing works yet", id: "Belum ada yang jalan" },
    rows: [
      {
        see: {
          en: "a command is not known, or refuses its flags",
          id: "perintah tidak dikenal, atau menolak flag-nya",
        },
        codes: ["COMMANDS_UNKNOWN", "COMMANDS_FLAG_UNKNOWN", "COMMANDS_ARGUMENT_MISSING", "COMMANDS_VALUE_INVALID"],
      },
      {
        see: { en: "no devnet runs, or one runs already", id: "tidak ada devnet yang berjalan, atau sudah ada satu" },
        codes: ["DEVNET_NOT_RUNNING", "DEVNET_ALREADY_RUNNING", "DEVNET_NOT_READY"],
      },
      {
        see: { en: "a port is taken", id: "sebuah port sudah dipakai" },
        codes: ["BASE_PORT_TAKEN"],
      },
      {
        see: { en: "there is no account", id: "akun belum ada" },
        codes: ["KEYS_MISSING", "CLIENT_ACCOUNT_NEEDED", "KEYS_LOST"],
      },
      {
        see: { en: "it wants to ask and there is no terminal", id: "perlu bertanya padahal tidak ada terminal" },
        codes: ["UI_PROMPT_IMPOSSIBLE"],
      },
      {
        see: { en: "the disk is full or refuses", id: "disk penuh atau menolak" },
        codes: ["BASE_FILE_FAILED", "STORAGE_NO_SPACE"],
      },
    ],
  },
  {
    title: { en: "The network does not answer", id: "Jaringan tidak menjawab" },
    rows: [
      {
        see: { en: "no answer from an address", id: "tidak ada jawaban dari sebuah alamat" },
        codes: ["BASE_UNREACHABLE", "DA_UNREACHABLE", "NET_NODE_NOT_REACHED"],
      },
      {
        see: { en: "too many requests, or it is busy", id: "terlalu banyak permintaan, atau sedang sibuk" },
        codes: ["INGRESS_TOO_MANY_REQUESTS", "BASE_TOO_BUSY", "COORDINATOR_MEMPOOL_FULL", "RUNTIME_BUSY"],
      },
      {
        see: { en: "it is another network than expected", id: "jaringannya lain dari yang diharapkan" },
        codes: ["CLIENT_NETWORK_DIFFERS", "COMMANDS_NETWORKS_DISAGREE", "COMMANDS_NETWORK_UNKNOWN"],
      },
      {
        see: {
          en: "a project wants a network you did not agree to",
          id: "proyek meminta jaringan yang belum Anda setujui",
        },
        codes: ["COMMANDS_PROJECT_UNCONFIRMED", "COMMANDS_PROJECT_FILE_INVALID"],
      },
    ],
  },
  {
    title: { en: "Storing and getting files", id: "Menyimpan dan mengambil berkas" },
    rows: [
      {
        see: {
          en: "a file cannot be read, or changes meanwhile",
          id: "berkas tidak dapat dibaca, atau berubah di tengah jalan",
        },
        codes: ["CLIENT_FILE_UNREADABLE", "CLIENT_FILE_CHANGED", "BASE_FILE_MISSING"],
      },
      {
        see: { en: "the upload is not safe yet", id: "unggahan belum aman" },
        codes: ["INGRESS_NOT_DURABLE", "CLIENT_NOT_DURABLE"],
      },
      {
        see: { en: "what you want is not found", id: "yang dicari tidak ditemukan" },
        codes: ["CLIENT_NAME_UNKNOWN", "INGRESS_OBJECT_MISSING", "OBJECTS_FILE_MISSING"],
      },
      {
        see: { en: "the bytes cannot be had now", id: "byte-nya sedang tidak dapat diambil" },
        codes: ["CLIENT_CHUNK_UNAVAILABLE", "NET_CHUNK_UNAVAILABLE", "INGRESS_CHUNK_MISSING"],
      },
      {
        see: { en: "it does not open with your key", id: "tidak terbuka dengan kunci Anda" },
        codes: ["CRYPTO_WRONG_KEY", "OBJECTS_KEY_NEEDED", "CRYPTO_SEALED_TO_OTHER"],
      },
      {
        see: { en: "the target is already there", id: "tujuannya sudah ada" },
        codes: ["CLIENT_TARGET_EXISTS", "CLIENT_TARGET_UNSAFE"],
      },
      {
        see: { en: "a share link does not open", id: "tautan berbagi tidak terbuka" },
        codes: ["INGRESS_LINK_EXPIRED", "INGRESS_LINK_REVOKED", "PROTOCOL_LINK_MALFORMED", "PROTOCOL_LINK_WRONG_HALF"],
      },
    ],
  },
  {
    title: { en: "Keys and shares", id: "Kunci dan bagiannya" },
    rows: [
      {
        see: { en: "the passphrase does not open the account", id: "frasa sandi tidak membuka akun" },
        codes: ["KEYS_WRONG_PASSPHRASE", "CRYPTO_PASSPHRASE"],
      },
      {
        see: { en: "the machine's keychain cannot be used", id: "keychain mesin ini tidak dapat dipakai" },
        codes: ["KEYS_KEYCHAIN_UNAVAILABLE"],
      },
      {
        see: { en: "shares do not give the key back", id: "bagian kunci tidak mengembalikan kuncinya" },
        codes: ["CRYPTO_SHARES_TOO_FEW", "CRYPTO_SHARES_MIXED", "CRYPTO_SHARE_DAMAGED", "CRYPTO_SHARES_WRONG_KEY"],
      },
    ],
  },
  {
    title: { en: "Deploying", id: "Deploy" },
    rows: [
      {
        see: { en: "the project is not recognised", id: "proyek tidak dikenali" },
        codes: ["PACKAGER_NOT_RECOGNISED", "PACKAGER_AMBIGUOUS", "PACKAGER_SEVERAL_PROJECTS"],
      },
      {
        see: { en: "it has to be built, or the build fails", id: "harus di-build dahulu, atau build-nya gagal" },
        codes: [
          "PACKAGER_NEEDS_BUILD",
          "PACKAGER_OUTPUT_OLDER",
          "PACKAGER_BUILD_STEP_FAILED",
          "PACKAGER_PACKAGES_MISSING",
        ],
      },
      {
        see: { en: "dsdn.yaml is refused", id: "dsdn.yaml ditolak" },
        codes: ["INTENT_FILE_SYNTAX", "INTENT_FIELD_UNKNOWN", "INTENT_VALUE_INVALID", "INTENT_FIELD_SECRET"],
      },
      {
        see: { en: "no node takes it", id: "tidak ada node yang mengambilnya" },
        codes: ["COMMANDS_DEPLOY_NO_NODE", "COMMANDS_DEPLOY_REFUSED"],
      },
      {
        see: { en: "it runs but does not answer", id: "berjalan tetapi tidak menjawab" },
        codes: ["COMMANDS_DEPLOY_NOT_ANSWERING", "COMMANDS_DEPLOY_FAILED", "INGRESS_NOT_READY"],
      },
      {
        see: { en: "the program is stopped", id: "programnya dihentikan" },
        codes: ["RUNTIME_MEMORY_LIMIT", "RUNTIME_TIME_LIMIT", "RUNTIME_GUEST_THREW", "RUNTIME_CRASHED"],
      },
      {
        see: { en: "its request to another host is not sent", id: "permintaannya ke host lain tidak dikirim" },
        codes: ["RUNTIME_FETCH_REFUSED", "RUNTIME_FETCH_FAILED"],
      },
      {
        see: { en: "a host name of your own does not work", id: "nama host milik sendiri tidak jalan" },
        codes: ["COMMANDS_DOMAIN_NOT_VERIFIED", "CLIENT_DOMAIN_INVALID", "NET_CERTIFICATE_REFUSED"],
      },
    ],
  },
  {
    title: { en: "A check fails", id: "Pemeriksaan gagal" },
    rows: [
      {
        see: { en: "the state differs between roles", id: "keadaan berbeda antarperan" },
        codes: ["COMMANDS_STATE_DIFFERS", "CLIENT_RECEIPT_ROOT_DIFFERS", "CHAIN_ROOT_MISMATCH"],
      },
      {
        see: { en: "a receipt proves nothing", id: "tanda terima tidak membuktikan apa pun" },
        codes: ["CLIENT_RECEIPT_INVALID", "CLIENT_RECEIPT_PROOF_INVALID", "CLIENT_RECEIPT_OBJECT_DIFFERS"],
      },
      {
        see: { en: "bytes are damaged", id: "byte-nya rusak" },
        codes: ["OBJECTS_CONTENT_DAMAGED", "CRYPTO_DAMAGED", "STORAGE_HASH_MISMATCH", "DA_PROOF_INVALID"],
      },
    ],
  },
  {
    title: { en: "Running a role", id: "Menjalankan sebuah peran" },
    rows: [
      {
        see: { en: "a setting is missing or wrong", id: "setelan kurang atau salah" },
        codes: ["ROLES_CONFIG_MISSING", "ROLES_CONFIG_INVALID", "ROLES_KEY_UNREGISTERED", "ROLES_FOLDER_TAKEN"],
      },
      {
        see: { en: "the data-availability node refuses", id: "node ketersediaan data menolak" },
        codes: ["DA_UNAUTHORISED", "DA_TOKEN_MISSING", "DA_ACCOUNT_UNFUNDED", "DA_SYNCING", "DA_CHAIN_WRONG"],
      },
      {
        see: { en: "the role stops following the log", id: "peran berhenti mengikuti log" },
        codes: ["STATE_UPGRADE_REQUIRED", "STATE_REPLICA_STOPPED", "DA_ARCHIVE_GAP", "DA_HEIGHT_PRUNED"],
      },
    ],
  },
];
