import type { ListingEntry } from "../../../protocol/index.ts";
import { browser, element, type PageElement } from "./dom.ts";
import { failureOf } from "./failures.ts";
import type { LivingText } from "./living-text.ts";
import { fetchFile, type PageLink } from "./open-page-link.ts";
import { sayBytes, type TextName } from "./texts.ts";

/** A file larger than this is left to the command line: a page holds it whole before it may be saved. */
const BROWSER_BYTES_MAX = 512 * 1024 * 1024;
const PREVIEW_BYTES_MAX = 32 * 1024 * 1024;

/** Pictures a browser draws without running anything that is in them. */
const PICTURES: { readonly [ending: string]: string } = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
};

export interface FileView {
  readonly link: PageLink;
  readonly entry: ListingEntry;
  readonly text: LivingText;
  /** Where what happens is told, for those who cannot see it too. */
  readonly status: PageElement;
}

/** The buttons of one file, its progress and its picture. */
export function fileControls(view: FileView): PageElement {
  const { entry, text } = view;
  const box = element("div", { class: "controls" });
  const name = nameOf(entry);
  if (entry.size > BROWSER_BYTES_MAX) {
    const limit = (language: Parameters<typeof sayBytes>[1]) => sayBytes(BROWSER_BYTES_MAX, language);
    box.append(text.write(element("p"), "tooLarge", { name, limit }), element("code", {}, COMMAND));
    return box;
  }
  const download = button("primary");
  text.label(text.write(download, "download"), "downloadOf", { name });
  download.addEventListener("click", () =>
    run(view, { box, button: download, use: (blob) => save(blob, name), done: "saved" }),
  );
  box.append(download);
  if (pictureType(entry) !== undefined && entry.size <= PREVIEW_BYTES_MAX) {
    const preview = button("quiet");
    text.label(text.write(preview, "preview"), "previewOf", { name });
    preview.addEventListener("click", () =>
      run(view, { box, button: preview, use: (blob) => show(view, box, blob), done: "shown" }),
    );
    box.append(preview);
  }
  return box;
}

export const COMMAND = "dsdn get --link-file link.txt";

/** Its last part: what it is saved as. */
function nameOf({ path }: ListingEntry): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function pictureType(entry: ListingEntry): string | undefined {
  return PICTURES[nameOf(entry).toLowerCase().split(".").at(-1) ?? ""];
}

function button(kind: string): PageElement {
  return element("button", { type: "button", class: kind });
}

interface Run {
  readonly box: PageElement;
  readonly button: PageElement;
  readonly use: (blob: Blob) => void;
  /** What is told when it is used. */
  readonly done: TextName;
}

/** Fetches the file with a progress bar in place of nothing, and a way to stop. */
async function run(view: FileView, { box, button: pressed, use, done }: Run): Promise<void> {
  const { link, entry, text, status } = view;
  const name = nameOf(entry);
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
    const type = pictureType(entry) ?? "application/octet-stream";
    use(await fetchFile(link.object, entry, { signal: stop.signal, type, onProgress }));
    tell(done);
  } catch (error) {
    const failure = failureOf(error);
    tell(stop.signal.aborted ? "cancelled" : failure.title);
  } finally {
    row.remove();
    pressed.removeAttribute("disabled");
    pressed.focus();
  }
}

/** Hands the bytes to the browser's own downloads. */
function save(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  const anchor = element("a", { href, download: name });
  anchor.click();
  // The download has its own hold on the blob once it began; it begins with the click.
  browser.addEventListener("pagehide", () => URL.revokeObjectURL(href));
}

function show({ entry, text }: FileView, box: PageElement, blob: Blob): void {
  const src = URL.createObjectURL(blob);
  const picture = element("img", { src, alt: nameOf(entry) });
  const close = text.write(button("quiet"), "close");
  const figure = element("figure", {}, picture, close);
  close.addEventListener("click", () => {
    figure.remove();
    URL.revokeObjectURL(src);
  });
  box.append(figure);
}
