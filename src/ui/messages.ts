/** The texts of the screen itself; a command keeps its own texts beside itself. */
export const messages = {
  next: { en: "Next:", id: "Selanjutnya:" },
  details: { en: "Details", id: "Rincian" },
  references: { en: "References", id: "Rujukan" },
  audit: { en: "Audit trail", id: "Jejak audit" },
  yes: { en: "Yes", id: "Ya" },
  no: { en: "No", id: "Tidak" },
  error: { en: "Error", id: "Galat" },
  hint: { en: "What to do:", id: "Yang dapat dilakukan:" },
  causes: { en: "Because:", id: "Sebabnya:" },
  stepDone: { en: "{title}: done in {duration}", id: "{title}: selesai dalam {duration}" },
  stepStopped: { en: "{title}: stopped after {duration}", id: "{title}: dihentikan setelah {duration}" },
  stepFailed: { en: "{title}: failed after {duration}", id: "{title}: gagal setelah {duration}" },
} as const;
