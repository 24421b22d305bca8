import { defineError } from "../../base/index.ts";

/** The errors of the sequencer. */
export const sequencerErrors = {
  journalDamaged: defineError({
    code: "DSDN_SEQUENCER_JOURNAL_DAMAGED",
    kind: "user",
    exit: 45,
    httpStatus: 500,
    text: {
      en: "The sequencer's journal does not lead to the state it noted ({reason}).",
      enHint: "Move the file {path} away and start again: the chain is rebuilt from the log up to its last batch.",
      id: "Jurnal sequencer tidak menghasilkan keadaan yang dicatatnya ({reason}).",
      idHint: "Pindahkan berkas {path} lalu jalankan lagi: rantai dibangun ulang dari log sampai kumpulan terakhirnya.",
    },
  }),
  journalForked: defineError({
    code: "DSDN_SEQUENCER_JOURNAL_FORKED",
    kind: "user",
    exit: 46,
    httpStatus: 409,
    text: {
      en: "The sequencer's journal and batch {batch} on the log tell two histories: {reason}.",
      enHint: "The log decides. Move the file {path} away and start again; transactions that are only there are lost.",
      id: "Jurnal sequencer dan kumpulan {batch} di log menceritakan dua riwayat: {reason}.",
      idHint:
        "Log yang menentukan. Pindahkan berkas {path} lalu jalankan lagi; transaksi yang hanya ada di sana hilang.",
    },
  }),
};
