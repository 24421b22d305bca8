/** Everything the page says, in both languages. */
export const texts = {
  opening: { en: "Opening the link …", id: "Membuka tautan …" },
  file: { en: "{size}", id: "{size}" },
  folder: { en: "{files} files, {size}", id: "{files} berkas, {size}" },
  until: { en: "This link works until {time}.", id: "Tautan ini berlaku sampai {time}." },
  download: { en: "Download", id: "Unduh" },
  downloadOf: { en: "Download {name}", id: "Unduh {name}" },
  all: { en: "Download everything (zip)", id: "Unduh semuanya (zip)" },
  preview: { en: "Preview", id: "Pratinjau" },
  previewOf: { en: "Preview {name}", id: "Pratinjau {name}" },
  close: { en: "Close", id: "Tutup" },
  cancel: { en: "Cancel", id: "Batal" },
  progress: { en: "{percent} % of {name}", id: "{percent} % dari {name}" },
  saved: {
    en: "{name} was checked byte by byte and saved.",
    id: "{name} sudah diperiksa setiap byte-nya dan disimpan.",
  },
  shown: { en: "{name} was checked byte by byte.", id: "{name} sudah diperiksa setiap byte-nya." },
  cancelled: { en: "Cancelled.", id: "Dibatalkan." },
  more: { en: "Show {count} more", id: "Tampilkan {count} lagi" },
  tooLarge: {
    en: "{name} is larger than a browser should hold ({limit}). Save the link in a file and run:",
    id: "{name} lebih besar daripada yang sebaiknya ditampung peramban ({limit}). Simpan tautan ini dalam berkas, lalu jalankan:",
  },
  retry: { en: "Try again", id: "Coba lagi" },
  made: {
    en: "What you see was fetched from {host}, checked and decrypted in this browser. The part of the link after the # was not sent to anybody.",
    id: "Yang Anda lihat diambil dari {host}, diperiksa dan didekripsi di peramban ini. Bagian tautan setelah # tidak dikirim kepada siapa pun.",
  },
  terminal: { en: "In a terminal: ", id: "Di terminal: " },
  empty: { en: "This folder is empty.", id: "Folder ini kosong." },
  symlink: { en: "{count} symbolic links are left out.", id: "{count} tautan simbolik tidak disertakan." },

  incompleteTitle: { en: "This link is not whole", id: "Tautan ini tidak utuh" },
  incomplete: {
    en: "A part of it was cut off or changed on the way. Copy it again, all of it, or ask for it once more.",
    id: "Sebagian terpotong atau berubah di jalan. Salin lagi seluruhnya, atau minta lagi kepada pengirimnya.",
  },
  unknownTitle: { en: "Nobody knows this link here", id: "Tautan ini tidak dikenal di sini" },
  unknown: {
    en: "It may have been mistyped, or it ended more than a month ago.",
    id: "Mungkin salah ketik, atau sudah berakhir lebih dari sebulan lalu.",
  },
  expiredTitle: { en: "This link has expired", id: "Tautan ini sudah kedaluwarsa" },
  revokedTitle: { en: "This link was revoked", id: "Tautan ini sudah dicabut" },
  removedTitle: { en: "This is no longer kept", id: "Isinya tidak disimpan lagi" },
  ended: {
    en: "It opens nothing any more. Ask whoever sent it for a new one.",
    id: "Tautan ini tidak membuka apa pun lagi. Minta yang baru kepada pengirimnya.",
  },
  awayTitle: { en: "The network does not answer", id: "Jaringan tidak menjawab" },
  away: {
    en: "Check your connection. The link itself may be fine.",
    id: "Periksa koneksi Anda. Tautannya sendiri mungkin baik-baik saja.",
  },
  damagedTitle: { en: "The bytes did not pass the check", id: "Byte yang diterima tidak lolos pemeriksaan" },
  damaged: {
    en: "Nothing was saved. Try again; if it stays so, tell whoever sent the link.",
    id: "Tidak ada yang disimpan. Coba lagi; jika tetap begitu, beri tahu pengirim tautan.",
  },
  insecureTitle: { en: "This page needs HTTPS", id: "Halaman ini memerlukan HTTPS" },
  insecure: {
    en: "A browser decrypts only on a secure page. Ask whoever runs {host} for HTTPS, or use a terminal.",
    id: "Peramban hanya mendekripsi di halaman yang aman. Minta pengelola {host} menyediakan HTTPS, atau pakai terminal.",
  },
} as const;

export type TextName = keyof typeof texts;
export type Language = "en" | "id";

/** The text with its slots filled. */
export function say(name: TextName, facts: { readonly [slot: string]: string }, language: Language): string {
  return texts[name][language].replace(/\{(\w+)\}/g, (slot, fact: string) => facts[fact] ?? slot);
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `12.3 MiB`, by the manner of the language. */
export function sayBytes(sizeBytes: number, language: Language): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, sizeBytes)) / 10));
  const value = sizeBytes / 1024 ** unit;
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)} ${UNITS[unit]}`;
}

export function sayTime(timeMs: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(new Date(timeMs));
}
