import { defineError } from "../base/index.ts";

/** The errors of composing and running a role alone. */
export const rolesErrors = {
  configInvalid: defineError({
    code: "DSDN_ROLES_CONFIG_INVALID",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "The setting {name} of {path} is not valid: {reason}.",
      enHint: "Correct it and start the role again; docs/en/guides/operating-a-role.md lists every setting.",
      id: "Setelan {name} di {path} tidak sah: {reason}.",
      idHint: "Perbaiki lalu jalankan lagi peran itu; docs/id/guides/operating-a-role.md memuat semua setelan.",
    },
  }),
  configMissing: defineError({
    code: "DSDN_ROLES_CONFIG_MISSING",
    kind: "user",
    exit: 2,
    httpStatus: 400,
    text: {
      en: "The role {role} needs the setting {name}.",
      enHint: "Give it in dsdn.toml, as an environment variable or as a flag.",
      id: "Peran {role} memerlukan setelan {name}.",
      idHint: "Berikan di dsdn.toml, sebagai variabel lingkungan, atau sebagai flag.",
    },
  }),
  folderTaken: defineError({
    code: "DSDN_ROLES_FOLDER_TAKEN",
    kind: "user",
    exit: 17,
    httpStatus: 409,
    text: {
      en: "Another process runs a role on the data folder {folder}.",
      enHint: "Stop that process first, or give this role a data folder of its own.",
      id: "Proses lain sedang menjalankan peran pada folder data {folder}.",
      idHint: "Hentikan proses itu dulu, atau beri peran ini folder data sendiri.",
    },
  }),
  keyInvalid: defineError({
    code: "DSDN_ROLES_KEY_INVALID",
    kind: "user",
    exit: 16,
    httpStatus: 500,
    text: {
      en: "The key file {path} holds no key of 64 hex digits.",
      enHint: "Make one with `dsdn role init`, or restore it from your backup.",
      id: "Berkas kunci {path} tidak berisi kunci 64 digit hex.",
      idHint: "Buat dengan `dsdn role init`, atau pulihkan dari cadangan Anda.",
    },
  }),
  keyUnregistered: defineError({
    code: "DSDN_ROLES_KEY_UNREGISTERED",
    kind: "user",
    exit: 16,
    httpStatus: 500,
    text: {
      en: "The key of this {role} is not among the {role} keys of the network.",
      enHint: "Use the key file that belongs to the genesis document, or register the key first.",
      id: "Kunci {role} ini tidak termasuk kunci {role} jaringan.",
      idHint: "Pakai berkas kunci yang cocok dengan dokumen genesis, atau daftarkan kuncinya dulu.",
    },
  }),
};
