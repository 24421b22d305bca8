import { browser, element, type PageElement } from "./dom.ts";
import { type Language, say, type TextName } from "./texts.ts";

type Fact = string | ((language: Language) => string);
type Facts = { readonly [slot: string]: Fact };

/** Text that follows the language the reader picks, also while a download runs. */
export interface LivingText {
  readonly language: Language;
  /** Puts the text into the element and keeps it in the language of the page. A later call replaces it. */
  write(target: PageElement, name: TextName, facts?: Facts): PageElement;
  /** The same for an attribute such as `aria-label`. */
  label(target: PageElement, name: TextName, facts?: Facts): PageElement;
  pick(language: Language): void;
  /** Forgets every element; before the page is drawn anew. */
  clear(): void;
}

export function createLivingText(): LivingText {
  const root = browser.document.documentElement;
  let language: Language = root.lang === "id" ? "id" : "en";
  const written = new Map<PageElement, () => void>();
  const labelled = new Map<PageElement, () => void>();
  const fill = (name: TextName, facts: Facts) => {
    const filled = Object.entries(facts).map(([slot, fact]) => [
      slot,
      typeof fact === "string" ? fact : fact(language),
    ]);
    return say(name, Object.fromEntries(filled), language);
  };
  const keep = (place: Map<PageElement, () => void>, target: PageElement, update: () => void) => {
    place.set(target, update);
    update();
    return target;
  };
  return {
    get language() {
      return language;
    },
    write: (target, name, facts = {}) =>
      keep(written, target, () => {
        target.textContent = fill(name, facts);
      }),
    label: (target, name, facts = {}) =>
      keep(labelled, target, () => target.setAttribute("aria-label", fill(name, facts))),
    pick(next) {
      language = next;
      root.lang = next;
      for (const update of [...written.values(), ...labelled.values()]) update();
    },
    clear() {
      written.clear();
      labelled.clear();
    },
  };
}

/** The switch between the languages, each called by its own name. */
export function languageSwitch(text: LivingText): PageElement {
  const languages = { en: "English", id: "Bahasa Indonesia" } as const;
  const buttons = Object.entries(languages).map(([language, name]) => {
    const button = element("button", { type: "button", lang: language }, name);
    button.addEventListener("click", () => {
      text.pick(language === "id" ? "id" : "en");
      show();
    });
    return { button, language };
  });
  const show = () => {
    for (const { button, language } of buttons) button.setAttribute("aria-pressed", String(text.language === language));
  };
  show();
  const group = element("div", { role: "group", class: "languages", "aria-label": "Language · Bahasa" });
  group.append(...buttons.map(({ button }) => button));
  return group;
}
