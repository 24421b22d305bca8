import type { ListingEntry } from "../../../protocol/index.ts";
import { element, type PageElement } from "./dom.ts";
import { fetchFile, fetchZip } from "./fetch-files.ts";
import type { LivingText } from "./living-text.ts";
import type { PageLink } from "./open-page-link.ts";
import { type Language, sayBytes } from "./texts.ts";
import { button, save, startOnPress, type TransferPlace } from "./transfer.ts";

/** A file larger than this is left to the command line: a page holds it whole before it may be saved. */
const BROWSER_BYTES_MAX = 512 * 1024 * 1024;
const PREVIEW_BYTES_MAX = 32 * 1024 * 1024;
/** A folder up to this may be saved as one archive. */
const ZIP_FILES_MAX = 2000;

/** Pictures a browser draws without running anything that is in them. */
const PICTURES: { readonly [ending: string]: string } = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
};

export const COMMAND = "dsdn get --link-file link.txt";

/** What the controls of files stand on. */
export interface FilesView {
  readonly link: PageLink;
  readonly text: LivingText;
  readonly status: PageElement;
}

/** The buttons of one file, its progress and its picture. */
export function fileControls(view: FilesView, entry: ListingEntry): PageElement {
  const { text } = view;
  const box = element("div", { class: "controls" });
  const name = entry.path.slice(entry.path.lastIndexOf("/") + 1);
  if (entry.size > BROWSER_BYTES_MAX) {
    const limit = (language: Language) => sayBytes(BROWSER_BYTES_MAX, language);
    box.append(text.write(element("p"), "tooLarge", { name, limit }), element("code", {}, COMMAND));
    return box;
  }
  const place: TransferPlace = { ...view, box };
  const picture = PICTURES[name.toLowerCase().split(".").at(-1) ?? ""];
  const transfer = {
    name,
    type: picture ?? "application/octet-stream",
    fetch: (options: Parameters<typeof fetchFile>[2]) => fetchFile(view.link.object, entry, options),
  };
  const download = button("primary");
  text.label(text.write(download, "download"), "downloadOf", { name });
  startOnPress(download, { ...transfer, use: (blob) => save(blob, name), done: "saved" }, place);
  box.append(download);
  if (picture === undefined || entry.size > PREVIEW_BYTES_MAX) return box;
  const preview = button("quiet");
  text.label(text.write(preview, "preview"), "previewOf", { name });
  startOnPress(preview, { ...transfer, use: (blob) => show(blob, name, place), done: "shown" }, place);
  box.append(preview);
  return box;
}

/** The button that saves a folder as one archive; nothing for one that is too large for a browser. */
export function folderControls(view: FilesView, files: readonly ListingEntry[]): PageElement[] {
  const { link, text } = view;
  const isSmall = link.object.manifest.size <= BROWSER_BYTES_MAX && files.length <= ZIP_FILES_MAX;
  if (!isSmall || files.length < 2) return [];
  const box = element("div", { class: "controls" });
  const all = text.write(button("primary"), "all");
  const name = `${link.name}.zip`;
  const fetch = (options: Parameters<typeof fetchZip>[2]) => fetchZip(link.object, files, options);
  const transfer = { name, type: "application/zip", fetch, use: (blob: Blob) => save(blob, name) };
  startOnPress(all, { ...transfer, done: "saved" }, { ...view, box });
  box.append(all);
  return [box];
}

function show(blob: Blob, name: string, { box, text }: TransferPlace): void {
  const src = URL.createObjectURL(blob);
  const close = text.write(button("quiet"), "close");
  const figure = element("figure", {}, element("img", { src, alt: name }), close);
  close.addEventListener("click", () => {
    figure.remove();
    URL.revokeObjectURL(src);
  });
  box.append(figure);
}
