import { defineError } from "../base/index.ts";

/** The errors of the room `packager`. */
export const packagerErrors = {
  projectMissing: defineError({
    code: "DSDN_PACKAGER_PROJECT_MISSING",
    kind: "user",
    exit: 20,
    httpStatus: 422,
    text: {
      en: "There is no project at {path}.",
      enHint: "Name a folder with a site or a program, or run dsdn init to start from a template.",
      id: "Tidak ada proyek di {path}.",
      idHint: "Sebutkan folder berisi situs atau program, atau jalankan dsdn init untuk memulai dari templat.",
    },
  }),
  notRecognised: defineError({
    code: "DSDN_PACKAGER_NOT_RECOGNISED",
    kind: "user",
    exit: 21,
    httpStatus: 422,
    text: {
      en: "Nothing deployable was found in {path}.",
      enHint: "Add an index.html, an api/index.ts or a src/index.ts with a default export, or name a script file.",
      id: "Tidak ada yang bisa di-deploy di {path}.",
      idHint:
        "Tambahkan index.html, api/index.ts, atau src/index.ts dengan ekspor default, atau sebutkan berkas skrip.",
    },
  }),
  needsBuild: defineError({
    code: "DSDN_PACKAGER_NEEDS_BUILD",
    kind: "user",
    exit: 22,
    httpStatus: 422,
    text: {
      en: "The project in {path} has a build step, but no built output was found ({looked}).",
      enHint: "Run its build first, for example npm run build, then deploy again.",
      id: "Proyek di {path} memiliki langkah build, tetapi hasilnya tidak ditemukan ({looked}).",
      idHint: "Jalankan build-nya dahulu, misalnya npm run build, lalu deploy lagi.",
    },
  }),
  buildFailed: defineError({
    code: "DSDN_PACKAGER_BUILD_FAILED",
    kind: "user",
    exit: 23,
    httpStatus: 422,
    text: {
      en: "The program cannot be bundled: {reason} ({place}).",
      enHint: "Correct that line and deploy again.",
      id: "Program tidak dapat dibundel: {reason} ({place}).",
      idHint: "Perbaiki baris itu lalu deploy lagi.",
    },
  }),
  nodeModule: defineError({
    code: "DSDN_PACKAGER_NODE_MODULE",
    kind: "user",
    exit: 24,
    httpStatus: 422,
    text: {
      en: "The program imports {module}, which exists only in Node.js ({place}).",
      enHint: "Programs run without Node.js: use web standards such as Request, URL and TextEncoder instead.",
      id: "Program mengimpor {module}, yang hanya ada di Node.js ({place}).",
      idHint: "Program berjalan tanpa Node.js: pakai standar web seperti Request, URL, dan TextEncoder.",
    },
  }),
  outsideProject: defineError({
    code: "DSDN_PACKAGER_OUTSIDE_PROJECT",
    kind: "user",
    exit: 25,
    httpStatus: 422,
    text: {
      en: "The program uses {path}, which lies outside the project folder.",
      enHint: "Copy the file into the project, or deploy from the folder above.",
      id: "Program memakai {path}, yang berada di luar folder proyek.",
      idHint: "Salin berkas itu ke dalam proyek, atau deploy dari folder di atasnya.",
    },
  }),
  fileRefused: defineError({
    code: "DSDN_PACKAGER_FILE_REFUSED",
    kind: "user",
    exit: 26,
    httpStatus: 422,
    text: {
      en: "{path} cannot be packed: {reason}.",
      enHint: "Rename, replace or remove it, then deploy again.",
      id: "{path} tidak dapat dikemas: {reason}.",
      idHint: "Ganti nama, ganti isi, atau hapus, lalu deploy lagi.",
    },
  }),
  tooLarge: defineError({
    code: "DSDN_PACKAGER_TOO_LARGE",
    kind: "user",
    exit: 27,
    httpStatus: 413,
    text: {
      en: "The project has more {what} than the {limit} a package may have.",
      enHint: "Deploy a smaller folder, and upload large data with dsdn upload.",
      id: "Proyek memiliki {what} melebihi batas paket, yaitu {limit}.",
      idHint: "Deploy folder yang lebih kecil, dan unggah data besar dengan dsdn upload.",
    },
  }),
  templateUnknown: defineError({
    code: "DSDN_PACKAGER_TEMPLATE_UNKNOWN",
    kind: "user",
    exit: 28,
    httpStatus: 422,
    text: {
      en: "There is no template called {template}.",
      enHint: "Choose one of {known}.",
      id: "Tidak ada templat bernama {template}.",
      idHint: "Pilih salah satu dari {known}.",
    },
  }),
  folderTaken: defineError({
    code: "DSDN_PACKAGER_FOLDER_TAKEN",
    kind: "user",
    exit: 29,
    httpStatus: 422,
    text: {
      en: "The folder {path} already holds other files, such as {found}.",
      enHint: "Choose an empty folder or a new name.",
      id: "Folder {path} sudah berisi berkas lain, misalnya {found}.",
      idHint: "Pilih folder kosong atau nama baru.",
    },
  }),
};
