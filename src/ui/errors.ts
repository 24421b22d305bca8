import { defineError } from "../base/index.ts";

/** The errors of the room `ui`. */
export const uiErrors = {
  promptImpossible: defineError({
    code: "DSDN_UI_PROMPT_IMPOSSIBLE",
    kind: "user",
    exit: 13,
    httpStatus: 400,
    text: {
      en: "This needs an answer ({question}), and there is no terminal to ask on.",
      enHint: "Run it in a terminal, or give the answer by a flag, a file or standard input; see --help.",
      id: "Ini memerlukan jawaban ({question}), tetapi tidak ada terminal untuk bertanya.",
      idHint: "Jalankan di terminal, atau berikan jawabannya lewat flag, berkas, atau masukan standar; lihat --help.",
    },
  }),
  promptCancelled: defineError({
    code: "DSDN_UI_PROMPT_CANCELLED",
    kind: "user",
    exit: 130,
    httpStatus: 400,
    text: {
      en: "Stopped at your wish; nothing was changed by this question.",
      enHint: "Run the command again when you are ready.",
      id: "Dihentikan sesuai permintaan; pertanyaan ini tidak mengubah apa pun.",
      idHint: "Jalankan lagi perintahnya bila sudah siap.",
    },
  }),
};
