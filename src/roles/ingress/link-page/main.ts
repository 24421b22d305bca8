import type { ListingEntry } from "../../../protocol/index.ts";
import { browser, element, type PageElement } from "./dom.ts";
import { type Failure, failureOf } from "./failures.ts";
import { COMMAND, type FilesView, fileControls, folderControls } from "./file-row.ts";
import { createLivingText, type LivingText, languageSwitch } from "./living-text.ts";
import { openPageLink, type PageLink } from "./open-page-link.ts";
import { sayBytes, sayTime } from "./texts.ts";

/** The page behind a share link: it opens the link of the address bar and shows what is behind it. */

/** Rows drawn at once. */
const ROWS = 200;

const text = createLivingText();
const main = browser.document.getElementById("main");
/** What is opened now; another link ends it. */
let opening = new AbortController();

browser.document.getElementById("top")?.append(languageSwitch(text));
// Another fragment in the address bar is another link.
browser.addEventListener("hashchange", () => void start());
void start();

async function start(): Promise<void> {
  opening.abort();
  opening = new AbortController();
  const { signal } = opening;
  draw("opening", text.write(element("p", { role: "status" }), "opening"));
  if (!browser.isSecureContext) {
    return drawFailure({ title: "insecureTitle", body: "insecure", canRetry: false });
  }
  try {
    const link = await openPageLink(browser.location.href, signal);
    if (!signal.aborted) drawLink(link, text);
  } catch (error) {
    if (!signal.aborted) drawFailure(failureOf(error));
  }
}

/** @param state - what a test, or a style, tells the page's states apart by. */
function draw(state: string, ...children: PageElement[]): void {
  main?.setAttribute("data-state", state);
  main?.replaceChildren(...children);
}

function drawFailure({ title, body, canRetry }: Failure): void {
  text.clear();
  const { host } = browser.location;
  const heading = text.write(element("h1", { tabindex: "-1" }), title);
  const retry = element("button", { type: "button", class: "primary" });
  retry.addEventListener("click", () => void start());
  const actions = canRetry ? [text.write(retry, "retry")] : [];
  draw(title, heading, text.write(element("p", { role: "alert" }), body, { host }), ...actions);
  heading.focus();
}

function drawLink(link: PageLink, words: LivingText): void {
  words.clear();
  const { listing, manifest } = link.object;
  const files = listing.entries.filter(({ type }) => type === "file");
  browser.document.title = `${link.name} · DSDN`;
  const size = (language: typeof words.language) => sayBytes(manifest.size, language);
  const time = (language: typeof words.language) => sayTime(link.expiresMs, language);
  const status = element("p", { role: "status", class: "status" });
  const [only] = files;
  const isFile = listing.root === "file" && only !== undefined;
  const facts = element("p", { class: "facts" });
  words.write(facts, isFile ? "file" : "folder", { size, files: String(files.length) });
  const view: FilesView = { link, text: words, status };
  const body = isFile ? [fileControls(view, only)] : [...folderControls(view, files), fileList(files, view)];
  const skipped = listing.entries.filter(({ type }) => type === "link").length;
  const notes = skipped === 0 ? [] : [words.write(element("p"), "symlink", { count: String(skipped) })];
  const footer = element("footer");
  const { host } = browser.location;
  footer.append(
    words.write(element("p"), "until", { time }),
    words.write(element("p"), "made", { host }),
    element("p", {}, words.write(element("span"), "terminal"), element("code", {}, COMMAND)),
  );
  draw("open", element("h1", {}, link.name), facts, ...body, status, ...notes, footer);
}

function fileList(files: readonly ListingEntry[], view: FilesView): PageElement {
  const { text: words } = view;
  if (files.length === 0) return words.write(element("p"), "empty");
  const list = element("ul", { class: "files" });
  const more = element("button", { type: "button", class: "quiet" });
  let shown = 0;
  const extend = () => {
    for (const entry of files.slice(shown, shown + ROWS)) list.append(fileRow(entry, view));
    shown = Math.min(files.length, shown + ROWS);
    if (shown === files.length) more.remove();
    else words.write(more, "more", { count: String(Math.min(ROWS, files.length - shown)) });
  };
  const box = element("div", {}, list, more);
  more.addEventListener("click", extend);
  extend();
  return box;
}

function fileRow(entry: ListingEntry, view: FilesView): PageElement {
  const slash = entry.path.lastIndexOf("/") + 1;
  const path = element("span", { class: "path" });
  path.append(element("span", { class: "folder" }, entry.path.slice(0, slash)), entry.path.slice(slash));
  const size = view.text.write(element("span", { class: "size" }), "file", {
    size: (language) => sayBytes(entry.size, language),
  });
  return element("li", {}, path, size, fileControls(view, entry));
}
