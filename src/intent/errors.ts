import { defineError } from "../base/index.ts";

/** The errors of the room `intent`. `place` is a line such as `dsdn.yaml:3`, or where else the field was given. */
export const intentErrors = {
  fieldUnknown: defineError({
    code: "DSDN_INTENT_FIELD_UNKNOWN",
    kind: "user",
    exit: 20,
    httpStatus: 422,
    text: {
      en: "{place}: there is no field called {field}.",
      enHint: "The fields are {known}; everything else is chosen for you.",
      id: "{place}: tidak ada bagian bernama {field}.",
      idHint: "Bagian yang ada: {known}; selebihnya dipilihkan untuk Anda.",
    },
  }),
  fieldPlacement: defineError({
    code: "DSDN_INTENT_FIELD_PLACEMENT",
    kind: "user",
    exit: 20,
    httpStatus: 422,
    text: {
      en: "{place}: {field} cannot be set; where a workload runs and how often data is kept is chosen for you.",
      enHint: "Remove {field}. Set 'priority: high' to prefer data centres, 'priority: low' to leave them to others.",
      id: "{place}: {field} tidak dapat diatur; tempat beban kerja berjalan dan jumlah salinan data dipilihkan untuk Anda.",
      idHint:
        "Hapus {field}. Isi 'priority: high' agar mengutamakan pusat data, 'priority: low' agar tidak memakainya.",
    },
  }),
  fieldResource: defineError({
    code: "DSDN_INTENT_FIELD_RESOURCE",
    kind: "user",
    exit: 20,
    httpStatus: 422,
    text: {
      en: "{place}: {field} cannot be set; memory, time and sizes follow from type and priority.",
      enHint: "Remove {field} and set 'priority: high' for more. 'dsdn deploy --explain' shows what you get.",
      id: "{place}: {field} tidak dapat diatur; memori, waktu, dan ukuran ditentukan oleh type dan priority.",
      idHint: "Hapus {field} dan isi 'priority: high' bila perlu lebih. 'dsdn deploy --explain' menampilkan jatahnya.",
    },
  }),
  fieldNetwork: defineError({
    code: "DSDN_INTENT_FIELD_NETWORK",
    kind: "user",
    exit: 20,
    httpStatus: 422,
    text: {
      en: "{place}: {field} cannot be set; a project never chooses the network, its addresses or your keys.",
      enHint:
        "Remove {field}. Choose the network yourself with --network or --ingress, or for this folder with `dsdn network use <name> --project`.",
      id: "{place}: {field} tidak dapat diatur; proyek tidak pernah memilih jaringan, alamatnya, atau kunci Anda.",
      idHint:
        "Hapus {field}. Pilih sendiri jaringannya dengan --network atau --ingress, atau untuk folder ini dengan `dsdn network use <name> --project`.",
    },
  }),
  fieldCommand: defineError({
    code: "DSDN_INTENT_FIELD_COMMAND",
    kind: "user",
    exit: 20,
    httpStatus: 422,
    text: {
      en: "{place}: {field} cannot be set; this file runs nothing.",
      enHint: "Remove {field}. The build that the project's own files name is run after you agreed to it.",
      id: "{place}: {field} tidak dapat diatur; berkas ini tidak menjalankan apa pun.",
      idHint: "Hapus {field}. Build yang disebut berkas proyek sendiri dijalankan setelah Anda menyetujuinya.",
    },
  }),
  fieldSecret: defineError({
    code: "DSDN_INTENT_FIELD_SECRET",
    kind: "user",
    exit: 20,
    httpStatus: 422,
    text: {
      en: "{place}: {field} does not belong in this file, which everybody who has the project reads.",
      enHint: "Remove {field} and give the value with 'dsdn secrets put'; change it first if the file was shared.",
      id: "{place}: {field} tidak boleh ada di berkas ini, yang dibaca siapa pun yang memiliki proyeknya.",
      idHint:
        "Hapus {field} dan berikan nilainya lewat 'dsdn secrets put'; ganti dahulu bila berkasnya sudah dibagikan.",
    },
  }),
  fieldMisplaced: defineError({
    code: "DSDN_INTENT_FIELD_MISPLACED",
    kind: "user",
    exit: 20,
    httpStatus: 422,
    text: {
      en: "{place}: {field} stands in the wrong place.",
      enHint: "Write it {parent}.",
      id: "{place}: letak {field} salah.",
      idHint: "Tuliskan {parent}.",
    },
  }),
  fieldInvalid: defineError({
    code: "DSDN_INTENT_FIELD_INVALID",
    kind: "user",
    exit: 21,
    httpStatus: 422,
    text: {
      en: "{place}: {field} cannot be {given}.",
      enHint: "Choose one of {choices}.",
      id: "{place}: {field} tidak bisa berisi {given}.",
      idHint: "Pilih salah satu dari {choices}.",
    },
  }),
  valueInvalid: defineError({
    code: "DSDN_INTENT_VALUE_INVALID",
    kind: "user",
    exit: 21,
    httpStatus: 422,
    text: {
      en: "{place}: {field} cannot be {given}.",
      enHint: "It takes {expected}.",
      id: "{place}: {field} tidak bisa berisi {given}.",
      idHint: "Isinya: {expected}.",
    },
  }),
  argsUnused: defineError({
    code: "DSDN_INTENT_ARGS_UNUSED",
    kind: "user",
    exit: 21,
    httpStatus: 422,
    text: {
      en: "{place}: arguments are for programs, and this project is of kind {kind}.",
      enHint: "Leave the arguments out, or name the program with --entry.",
      id: "{place}: argumen hanya untuk program, sedangkan proyek ini berjenis {kind}.",
      idHint: "Hapus argumennya, atau sebutkan programnya dengan --entry.",
    },
  }),
  fileNewer: defineError({
    code: "DSDN_INTENT_FILE_NEWER",
    kind: "user",
    exit: 22,
    httpStatus: 422,
    text: {
      en: "{place}: the file is written for version {given}; this program knows version 1.",
      enHint: "Update dsdn, or write the file for version 1.",
      id: "{place}: berkas ini ditulis untuk versi {given}; program ini mengenal versi 1.",
      idHint: "Perbarui dsdn, atau tulis berkasnya untuk versi 1.",
    },
  }),
  fileTooLarge: defineError({
    code: "DSDN_INTENT_FILE_TOO_LARGE",
    kind: "user",
    exit: 23,
    httpStatus: 422,
    text: {
      en: "{file} is larger than the {limitBytes} bytes a project file may have.",
      enHint: "Keep only what dsdn reads in it; data belongs in files of the project.",
      id: "{file} melebihi {limitBytes} byte, batas sebuah berkas proyek.",
      idHint: "Sisakan hanya yang dibaca dsdn; data ditaruh di berkas proyek lainnya.",
    },
  }),
  fileNotRegular: defineError({
    code: "DSDN_INTENT_FILE_NOT_REGULAR",
    kind: "user",
    exit: 23,
    httpStatus: 422,
    text: {
      en: "{file} is a link, a folder or something else that is no file of its own: it is not read.",
      enHint: "Put a copy of what it leads to in its place, or remove it.",
      id: "{file} adalah tautan, folder, atau lainnya yang bukan berkas biasa: tidak dibaca.",
      idHint: "Ganti dengan salinan isi yang ditunjuknya, atau hapus.",
    },
  }),
  fileMisnamed: defineError({
    code: "DSDN_INTENT_FILE_MISNAMED",
    kind: "user",
    exit: 23,
    httpStatus: 422,
    text: {
      en: "{file} is not read: the file that says what a project is must be called {expected}.",
      enHint: "Rename it to {expected}, or remove it.",
      id: "{file} tidak dibaca: berkas yang menyatakan sebuah proyek harus bernama {expected}.",
      idHint: "Ganti namanya menjadi {expected}, atau hapus.",
    },
  }),
  fileEncoding: defineError({
    code: "DSDN_INTENT_FILE_ENCODING",
    kind: "user",
    exit: 23,
    httpStatus: 422,
    text: {
      en: "{place}: the file is not plain UTF-8 text.",
      enHint: "Save it as UTF-8, without control characters.",
      id: "{place}: berkas ini bukan teks UTF-8 biasa.",
      idHint: "Simpan sebagai UTF-8, tanpa karakter kendali.",
    },
  }),
  fileSyntax: defineError({
    code: "DSDN_INTENT_FILE_SYNTAX",
    kind: "user",
    exit: 23,
    httpStatus: 422,
    text: {
      en: "{place}: this is not valid YAML ({reason}).",
      enHint: "Write 'field: value' lines; a field's own fields are indented by two spaces below it.",
      id: "{place}: ini bukan YAML yang sah ({reason}).",
      idHint: "Tulis baris 'bagian: nilai'; bagian di dalamnya diberi indentasi dua spasi di bawahnya.",
    },
  }),
  fileFeature: defineError({
    code: "DSDN_INTENT_FILE_FEATURE",
    kind: "user",
    exit: 23,
    httpStatus: 422,
    text: {
      en: "{place}: {feature} is not taken in this file.",
      enHint:
        "Write plain fields and values in one document: no tabs, anchors, aliases, merge keys, tags or deep nesting.",
      id: "{place}: {feature} tidak diterima di berkas ini.",
      idHint:
        "Tulis bagian dan nilai biasa dalam satu dokumen: tanpa tab, jangkar, alias, kunci gabung, tag, atau susunan dalam.",
    },
  }),
  fieldTwice: defineError({
    code: "DSDN_INTENT_FIELD_TWICE",
    kind: "user",
    exit: 23,
    httpStatus: 422,
    text: {
      en: "{place}: {field} is written a second time.",
      enHint: "Keep one of the two.",
      id: "{place}: {field} ditulis dua kali.",
      idHint: "Sisakan salah satunya.",
    },
  }),
};
