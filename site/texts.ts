import type { DefaultTheme } from "vitepress";

export const languages = ["en", "id"] as const;
export type Language = (typeof languages)[number];

type SearchTexts = NonNullable<NonNullable<DefaultTheme.LocalSearchOptions["locales"]>[string]["translations"]>;

/** What the first page shows above the text of docs/<language>/index.md. */
export interface HomeTexts {
  readonly title: string;
  readonly about: string;
  readonly start: string;
  readonly browse: string;
  readonly copy: string;
  readonly copied: string;
}

interface SiteTexts {
  readonly label: string;
  readonly tagline: string;
  readonly home: HomeTexts;
  /** The sidebar's groups, by their folder; the pages that stand in no folder are in two. */
  readonly groups: { readonly [group: string]: string };
  readonly missing: { readonly title: string; readonly text: string; readonly link: string };
  readonly search: SearchTexts;
  readonly theme: DefaultTheme.Config;
}

export const siteTexts: { readonly [language in Language]: SiteTexts } = {
  en: {
    label: "English",
    tagline: "Storage, compute and a devnet of a network you can verify by replaying its log.",
    home: {
      title: "Check what the network says",
      about:
        "dsdn stores files, runs programs and serves sites on a network whose whole state follows from one ordered log. Replay the log, and you know what is true. A complete network runs on your own machine to begin with.",
      start: "Quickstart",
      browse: "How it works",
      copy: "Copy",
      copied: "Copied",
    },
    groups: {
      start: "Begin",
      tutorials: "Tutorials",
      guides: "Guides",
      "api-reference": "Reference",
      commands: "Commands",
      troubleshooting: "Troubleshooting",
      background: "Background",
    },
    missing: {
      title: "There is no such page",
      text: "The address may be old or mistyped. The search at the top finds pages by their words.",
      link: "To the first page",
    },
    search: {
      button: { buttonText: "Search", buttonAriaLabel: "Search the documentation" },
      modal: {
        displayDetails: "Show details",
        resetButtonTitle: "Clear the search",
        backButtonTitle: "Close the search",
        noResultsText: "Nothing found for",
        footer: {
          selectText: "open",
          selectKeyAriaLabel: "Enter",
          navigateText: "move",
          navigateUpKeyAriaLabel: "Arrow up",
          navigateDownKeyAriaLabel: "Arrow down",
          closeText: "close",
          closeKeyAriaLabel: "Escape",
        },
      },
    },
    theme: {
      outline: { level: [2, 3], label: "On this page" },
      docFooter: { prev: "Before", next: "Next" },
      darkModeSwitchLabel: "Appearance",
      lightModeSwitchTitle: "Switch to light",
      darkModeSwitchTitle: "Switch to dark",
      sidebarMenuLabel: "Pages",
      returnToTopLabel: "To the top",
      langMenuLabel: "Change language",
      skipToContentLabel: "Skip to content",
    },
  },
  id: {
    label: "Bahasa Indonesia",
    tagline: "Penyimpanan, komputasi, dan devnet dari jaringan yang dapat Anda verifikasi dengan memutar ulang lognya.",
    home: {
      title: "Periksa sendiri apa kata jaringan",
      about:
        "dsdn menyimpan berkas, menjalankan program, dan menyajikan situs di jaringan yang seluruh keadaannya mengikuti satu log berurutan. Putar ulang log itu, dan Anda tahu mana yang benar. Sebagai permulaan, satu jaringan lengkap berjalan di mesin Anda sendiri.",
      start: "Mulai cepat",
      browse: "Cara kerjanya",
      copy: "Salin",
      copied: "Tersalin",
    },
    groups: {
      start: "Mulai",
      tutorials: "Tutorial",
      guides: "Panduan",
      "api-reference": "Rujukan",
      commands: "Perintah",
      troubleshooting: "Pemecahan masalah",
      background: "Latar belakang",
    },
    missing: {
      title: "Halaman itu tidak ada",
      text: "Alamatnya mungkin lama atau salah ketik. Pencarian di atas menemukan halaman lewat kata-katanya.",
      link: "Ke halaman pertama",
    },
    search: {
      button: { buttonText: "Cari", buttonAriaLabel: "Cari di dokumentasi" },
      modal: {
        displayDetails: "Tampilkan rincian",
        resetButtonTitle: "Kosongkan pencarian",
        backButtonTitle: "Tutup pencarian",
        noResultsText: "Tidak ada hasil untuk",
        footer: {
          selectText: "buka",
          selectKeyAriaLabel: "Enter",
          navigateText: "pindah",
          navigateUpKeyAriaLabel: "Panah atas",
          navigateDownKeyAriaLabel: "Panah bawah",
          closeText: "tutup",
          closeKeyAriaLabel: "Escape",
        },
      },
    },
    theme: {
      outline: { level: [2, 3], label: "Di halaman ini" },
      docFooter: { prev: "Sebelumnya", next: "Berikutnya" },
      darkModeSwitchLabel: "Tampilan",
      lightModeSwitchTitle: "Ganti ke terang",
      darkModeSwitchTitle: "Ganti ke gelap",
      sidebarMenuLabel: "Halaman",
      returnToTopLabel: "Ke atas",
      langMenuLabel: "Ganti bahasa",
      skipToContentLabel: "Langsung ke isi",
    },
  },
};
