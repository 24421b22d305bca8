import { element } from "../dom.ts";
import type { Speaker } from "../say.ts";
import type { View } from "../view.ts";

/** A part of the page: its element, and what draws it anew. */
export interface PagePanel {
  readonly box: HTMLElement;
  draw(view: View, speaker: Speaker): void;
}

/** How things stand with something. Always said in words too, never by colour alone. */
export type Tone = "good" | "warn" | "bad" | "idle";

export function badge(tone: Tone, text: string): HTMLElement {
  return element("span", { class: "badge", "data-tone": tone }, text);
}

/** A command to type, and a button that copies it. */
export function commandLine(command: string, speaker: Speaker): HTMLElement {
  const button = element(
    "button",
    { type: "button", class: "quiet", "data-key": `copy ${command}` },
    speaker.say("copy"),
  );
  button.addEventListener("click", () => {
    void navigator.clipboard.writeText(command).then(() => {
      button.textContent = speaker.say("copied");
    });
  });
  return element("span", { class: "command" }, element("code", {}, command), button);
}

/** An address as a link when a browser may go there, otherwise as text. */
export function linkTo(url: string, text: string): HTMLElement {
  if (!/^https?:\/\//.test(url)) return element("span", {}, text);
  return element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text);
}

/** Names and values, one pair a line. */
export function factList(pairs: readonly (readonly [string, string | HTMLElement])[]): HTMLElement {
  return element(
    "dl",
    { class: "facts" },
    ...pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
  );
}
