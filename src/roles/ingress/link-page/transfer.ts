import { browser, element, type PageElement } from "./dom.ts";
import { failureOf } from "./failures.ts";
import type { FetchOptions } from "./fetch-files.ts";
import type { LivingText } from "./living-text.ts";
import type { TextName } from "./texts.ts";

/** Something to fetch when a button is pressed. */
export interface Transfer {
  /** What it is called, and saved as. */
  readonly name: string;
  readonly type: string;
  readonly fetch: (options: FetchOptions) => Promise<Blob>;
  /** What is done with it, and what is told then. */
  readonly use: (blob: Blob) => void;
  readonly done: TextName;
}

export interface TransferPlace {
  /** Holds the button, and the progress beside it. */
  readonly box: PageElement;
  readonly text: LivingText;
  /** Where what happens is told, for those who cannot see it too. */
  readonly status: PageElement;
}

export function button(kind: "primary" | "quiet"): PageElement {
  return element("button", { type: "button", class: kind });
}

/** Has the button start the transfer, with a progress bar and a way to stop while it runs. */
export function startOnPress(pressed: PageElement, transfer: Transfer, place: TransferPlace): void {
  pressed.addEventListener("click", () => void run(pressed, transfer, place));
}

async function run(pressed: PageElement, transfer: Transfer, { box, text, status }: TransferPlace): Promise<void> {
  const { name, type } = transfer;
  const stop = new AbortController();
  const bar = element("progress", { max: "100", value: "0" });
  const words = element("span", { class: "percent" });
  const cancel = text.write(button("quiet"), "cancel");
  cancel.addEventListener("click", () => stop.abort());
  const row = element("div", { class: "progress" }, bar, words, cancel);
  const onProgress = (part: number) => {
    const percent = String(Math.floor(part * 100));
    bar.setAttribute("value", percent);
    text.write(words, "progress", { percent, name });
  };
  const tell = (what: TextName) => {
    text.write(status, what, { name });
    status.setAttribute("data-state", what);
  };
  text.label(bar, "downloadOf", { name });
  onProgress(0);
  pressed.setAttribute("disabled", "");
  box.append(row);
  try {
    transfer.use(await transfer.fetch({ signal: stop.signal, type, onProgress }));
    tell(transfer.done);
  } catch (error) {
    tell(stop.signal.aborted ? "cancelled" : failureOf(error).title);
  } finally {
    row.remove();
    pressed.removeAttribute("disabled");
    pressed.focus();
  }
}

/** Hands the bytes to the browser's own downloads. */
export function save(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  const anchor = element("a", { href, download: name });
  anchor.click();
  // The download takes hold of the blob some time after the click: it is let go with the page.
  browser.addEventListener("pagehide", () => URL.revokeObjectURL(href));
}
