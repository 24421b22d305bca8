import type { FactValue, Language } from "./error-spec.ts";

/** A fact as it stands in a message for people: what the system calls by a code is said in words. */
export function sayFact(value: FactValue, language: Language): string {
  const text = String(value);
  const word = SYSTEM_CODES[text];
  return word === undefined ? text : word[language];
}

/** What the codes of an operating system and its network mean. @source POSIX.1-2024 <errno.h>; Node.js, getaddrinfo */
const SYSTEM_CODES: { readonly [code: string]: { readonly en: string; readonly id: string } } = {
  EACCES: { en: "permission was denied", id: "izin ditolak" },
  EADDRINUSE: { en: "the address is already used", id: "alamat itu sudah dipakai" },
  EADDRNOTAVAIL: { en: "this machine has no such address", id: "mesin ini tidak memiliki alamat itu" },
  EAI_AGAIN: { en: "its name could not be looked up now", id: "namanya sedang tidak dapat dicari" },
  EBUSY: { en: "it is in use", id: "sedang dipakai" },
  ECONNABORTED: { en: "the connection was cut", id: "sambungannya terputus" },
  ECONNREFUSED: { en: "nothing listens at that address", id: "tidak ada yang melayani di alamat itu" },
  ECONNRESET: { en: "the connection was cut", id: "sambungannya terputus" },
  EDQUOT: { en: "the disk quota is used up", id: "kuota disk habis" },
  EEXIST: { en: "it is there already", id: "sudah ada" },
  EHOSTUNREACH: { en: "no way leads to that machine", id: "mesin itu tidak terjangkau" },
  EIO: { en: "the disk failed", id: "disk bermasalah" },
  EISDIR: { en: "it is a folder", id: "itu sebuah folder" },
  ELOOP: { en: "its links lead in a circle", id: "tautannya berputar-putar" },
  EMFILE: { en: "too many files are open", id: "terlalu banyak berkas terbuka" },
  ENAMETOOLONG: { en: "its name is too long", id: "namanya terlalu panjang" },
  ENETUNREACH: { en: "no way leads to that network", id: "jaringan itu tidak terjangkau" },
  ENFILE: { en: "too many files are open", id: "terlalu banyak berkas terbuka" },
  ENOENT: { en: "it is not there", id: "tidak ada" },
  ENOMEM: { en: "the memory is used up", id: "memori habis" },
  ENOSPC: { en: "the disk is full", id: "disk penuh" },
  ENOTDIR: { en: "a part of the path is no folder", id: "bagian jalurnya bukan folder" },
  ENOTEMPTY: { en: "the folder is not empty", id: "foldernya tidak kosong" },
  ENOTFOUND: { en: "nothing has that name", id: "nama itu tidak ditemukan" },
  EPERM: { en: "permission was denied", id: "izin ditolak" },
  EPIPE: { en: "the other side closed the connection", id: "pihak lain menutup sambungan" },
  EPROTO: { en: "the other side speaks another protocol", id: "pihak lain memakai protokol lain" },
  EROFS: { en: "the disk can only be read", id: "disk hanya dapat dibaca" },
  ETIMEDOUT: { en: "no answer came in time", id: "jawaban tidak datang tepat waktu" },
  EXDEV: { en: "it lies on another disk", id: "letaknya di disk lain" },
  CERT_HAS_EXPIRED: { en: "its certificate has run out", id: "sertifikatnya sudah kedaluwarsa" },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    en: "its certificate is signed by itself",
    id: "sertifikatnya ditandatangani sendiri",
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    en: "its certificate is for another name",
    id: "sertifikatnya untuk nama lain",
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    en: "its certificate comes from an authority that is not trusted here",
    id: "sertifikatnya dari otoritas yang tidak dipercaya di sini",
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    en: "its certificate comes from an authority that is not trusted here",
    id: "sertifikatnya dari otoritas yang tidak dipercaya di sini",
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    en: "its certificate comes from an authority that is not trusted here",
    id: "sertifikatnya dari otoritas yang tidak dipercaya di sini",
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    en: "it does not speak TLS",
    id: "alamat itu tidak memakai TLS",
  },
  HPE_INVALID_CONSTANT: { en: "it does not speak HTTP", id: "alamat itu tidak memakai HTTP" },
};
