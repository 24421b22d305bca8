import { createSlot, element } from "../dom.ts";
import type { Language } from "../texts.ts";
import { badge, type PagePanel } from "./panel.ts";

/** Which network this is, and the switch between the languages, each called by its own name. */
export function createHeader(pick: (language: Language) => void): PagePanel {
  const title = element("div", { class: "title" });
  const away = element("div", { class: "away", role: "status" });
  const languages = { en: "English", id: "Bahasa Indonesia" } as const;
  const buttons = Object.entries(languages).map(([language, name]) =>
    element("button", { type: "button", lang: language, onclick: () => pick(language === "id" ? "id" : "en") }, name),
  );
  const group = element("div", { role: "group", class: "languages" }, ...buttons);
  const drawTitle = createSlot(title);
  const drawAway = createSlot(away);
  return {
    box: element("header", {}, element("div", { class: "bar" }, title, group), away),
    draw: ({ network, isAway }, speaker) => {
      group.setAttribute("aria-label", speaker.say("language"));
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.lang === speaker.language));
      drawTitle([network?.name, network?.stage, speaker.language], () => [
        element(
          "h1",
          {},
          element("strong", {}, "DSDN"),
          " ",
          element("span", {}, network?.name ?? speaker.say("title")),
        ),
        network === undefined ? null : badge("idle", network.stage),
        network === undefined
          ? null
          : element("span", { class: "soft", title: network.network }, `${network.network.slice(0, 12)}…`),
      ]);
      drawAway([isAway, speaker.language], () => (isAway ? [speaker.say("away")] : []));
    },
  };
}
