import type { LoggedEvent, LoggedHeight } from "../../src/protocol/index.ts";
import { createSlot, element, marked } from "../dom.ts";
import { eventTexts } from "../event-texts.ts";
import { type Speaker, shortId } from "../say.ts";
import { type Actions, nodeName, type View } from "../view.ts";
import { badge, type PagePanel } from "./panel.ts";

const ROWS = 60;

/** The log, newest height first; heights without events are drawn together. */
export function createLog(actions: Actions): PagePanel {
  const heading = element("h2", { id: "log-title" });
  const wish = element("input", { type: "checkbox", id: "only-events" });
  wish.addEventListener("change", () => actions.showOnlyEvents(wish.checked));
  const label = element("label", { for: "only-events" });
  const list = element("ol", { class: "log", tabindex: "0", "aria-labelledby": "log-title" });
  const start = element("p", { class: "soft" });
  const draw = createSlot(list);
  const drawStart = createSlot(start);
  return {
    box: element(
      "section",
      { class: "panel", "data-panel": "log", "aria-labelledby": "log-title" },
      element("div", { class: "heading" }, heading, element("span", { class: "wish" }, wish, label)),
      list,
      start,
    ),
    draw: (view, speaker) => {
      heading.textContent = speaker.say("logTitle");
      label.textContent = speaker.say("onlyEvents");
      drawStart(speaker.language, () => marked(speaker.say("logStart")));
      const last = view.heights.at(-1)?.height;
      const names = view.control.roles.length;
      draw([last, view.heights.length, view.nodes.length, names, view.onlyEvents, speaker.language], () => {
        if (view.heights.length === 0) return [element("li", { class: "soft" }, speaker.say("logWaiting"))];
        const groups = groupsOf(view.heights, view.onlyEvents);
        if (groups.length === 0) return [element("li", { class: "soft" }, speaker.say("logNoEvents"))];
        return groups.slice(0, ROWS).map((group) => drawGroup(group, view, speaker));
      });
    },
  };
}

/** Neighbours without events are one group; newest first. */
function groupsOf(heights: readonly LoggedHeight[], onlyEvents: boolean): LoggedHeight[][] {
  const groups: LoggedHeight[][] = [];
  for (const height of heights.toReversed()) {
    const isQuiet = height.eventCount === 0 && height.ignored === 0;
    if (isQuiet && onlyEvents) continue;
    const before = groups.at(-1);
    const isBesideQuiet = before?.every(({ eventCount, ignored }) => eventCount === 0 && ignored === 0) === true;
    if (isQuiet && isBesideQuiet) before?.push(height);
    else groups.push([height]);
  }
  return groups;
}

function drawGroup(group: readonly LoggedHeight[], view: View, speaker: Speaker): HTMLElement {
  const [newest] = group;
  const oldest = group.at(-1);
  if (newest === undefined || oldest === undefined) return element("li");
  const { height, timeMs, stateRoot, events, eventCount, ignored } = newest;
  if (eventCount === 0 && ignored === 0) {
    const range = group.length === 1 ? String(height) : `${oldest.height}–${height}`;
    const text = group.length === 1 ? speaker.say("logQuietOne") : speaker.say("logQuiet", { count: group.length });
    return element(
      "li",
      { class: "quiet-heights" },
      element("span", { class: "at" }, range),
      element("time", {}, speaker.time(timeMs)),
      element("span", {}, text),
    );
  }
  return element(
    "li",
    { "data-height": String(height) },
    element(
      "div",
      { class: "line" },
      element("span", { class: "at" }, String(height)),
      element("time", {}, speaker.time(timeMs)),
      element("code", { title: stateRoot }, stateRoot.slice(0, 10)),
    ),
    element("ul", {}, ...events.map((event) => drawEvent(event, view, speaker))),
    eventCount > events.length
      ? element("p", { class: "soft" }, speaker.say("logMore", { count: eventCount - events.length }))
      : null,
    ignored > 0 ? element("p", { class: "soft" }, speaker.say("logIgnored", { count: ignored })) : null,
  );
}

function drawEvent(event: LoggedEvent, view: View, speaker: Speaker): HTMLElement {
  const { kind, subject, name, status, count, sizeBytes, isAccepted, reason, author } = event;
  const what = isEventKind(kind) ? speaker.say(kind) : kind;
  const id = subject === null ? undefined : subject.kind === "node" ? nodeName(view, subject.id) : shortId(subject.id);
  const amount = kind === "ChainBatch" ? "eventBatch" : "eventChunks";
  const parts = [
    name ?? id,
    status,
    count === null ? undefined : speaker.say(amount, { count }),
    sizeBytes === null ? undefined : speaker.bytes(sizeBytes),
  ].filter((part) => part !== undefined && part !== null);
  return element(
    "li",
    { "data-event": kind, title: speaker.say("eventBy", { author }) },
    element("span", {}, what),
    element("span", { class: "soft", title: subject?.id }, parts.length === 0 ? "" : ` ${parts.join(" · ")}`),
    isAccepted ? null : badge("warn", speaker.say("logRefused", { reason: reason ?? "" })),
  );
}

function isEventKind(kind: string): kind is keyof typeof eventTexts {
  return Object.hasOwn(eventTexts, kind);
}
