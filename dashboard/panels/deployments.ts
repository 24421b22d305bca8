import type { NewestDeployment } from "../../src/protocol/index.ts";
import { createSlot, element } from "../dom.ts";
import type { Speaker } from "../say.ts";
import type { TextName } from "../texts.ts";
import { type Actions, nodeName, type OpenedDeployment, type View } from "../view.ts";
import { badge, commandLine, factList, linkTo, type PagePanel, type Tone } from "./panel.ts";

const STATES: { readonly [status: string]: readonly [TextName, Tone] } = {
  submitted: ["statusSubmitted", "warn"],
  approved: ["statusApproved", "warn"],
  assigned: ["statusAssigned", "warn"],
  running: ["statusRunning", "good"],
  finished: ["statusFinished", "good"],
  failed: ["statusFailed", "bad"],
  cancelled: ["statusCancelled", "idle"],
  refused: ["statusRefused", "bad"],
  held: ["statusHeld", "idle"],
};

/** A workload's status in the reader's words; one that is new to this page in the network's. */
export function statusText(status: string, speaker: Speaker): string {
  const known = STATES[status];
  return known === undefined ? status : speaker.say(known[0]);
}

/** What runs: its state, its address, where it runs, and below it its versions and its log. */
export function createDeployments(actions: Actions): PagePanel {
  const heading = element("h2", { id: "deployments-title" });
  const table = element("div", { class: "scroll" });
  const draw = createSlot(table);
  return {
    box: element(
      "section",
      { class: "panel", "data-panel": "deployments", "aria-labelledby": "deployments-title" },
      heading,
      table,
    ),
    draw: (view, speaker) => {
      heading.textContent = speaker.say("deployments");
      const rows = view.deployments?.deployments;
      const ages = rows?.map(({ createdMs }) => speaker.ago(Date.now() - createdMs));
      const places = rows?.map((row) => placeOf(row, view));
      draw([rows, ages, places, view.opened, speaker.language], () => drawTable(view, { speaker, actions }));
    },
  };
}

interface Drawing {
  readonly speaker: Speaker;
  readonly actions: Actions;
}

function drawTable(view: View, drawing: Drawing): HTMLElement[] {
  const { speaker } = drawing;
  const rows = view.deployments?.deployments;
  if (rows === undefined) return [element("p", { class: "soft" }, speaker.say("loading"))];
  if (rows.length === 0) {
    return [element("p", { class: "empty" }, speaker.say("deploymentsEmpty"), commandLine("dsdn deploy", speaker))];
  }
  const names = [
    "deploymentName",
    "deploymentStatus",
    "deploymentVersion",
    "deploymentPlace",
    "deploymentSince",
  ] as const;
  const head = names.map((name) => {
    const isExtra = name === "deploymentVersion" || name === "deploymentSince";
    return element("th", { scope: "col", class: isExtra ? "extra" : undefined }, speaker.say(name));
  });
  const body = rows.flatMap((row) => {
    const isOpen = view.opened?.id === row.deployment;
    const shown = drawRow(row, { view, isOpen, ...drawing });
    if (!isOpen || view.opened === undefined) return [shown];
    const inside = drawDetails(row, view.opened, { view, ...drawing });
    return [shown, element("tr", { class: "details" }, element("td", { colspan: "6" }, inside))];
  });
  return [
    element(
      "table",
      { "aria-labelledby": "deployments-title" },
      element("thead", {}, element("tr", {}, ...head, element("td"))),
      element("tbody", {}, ...body),
    ),
  ];
}

function drawRow(row: NewestDeployment, { view, isOpen, speaker, actions }: Drawing & { view: View; isOpen: boolean }) {
  const { name, shown, url, deployment } = row;
  const [word, tone] = STATES[shown?.status ?? ""] ?? (["statusSubmitted", "idle"] as const);
  return element(
    "tr",
    { "data-deployment": name },
    element("td", {}, url === null ? element("span", {}, name) : linkTo(url, name)),
    element("td", {}, badge(tone, speaker.say(word))),
    element("td", { class: "number extra" }, shown === null ? "–" : speaker.number(shown.number)),
    element("td", {}, placeOf(row, view)),
    element("td", { class: "soft extra" }, speaker.ago(Date.now() - row.createdMs)),
    element(
      "td",
      { class: "end" },
      element(
        "button",
        {
          type: "button",
          class: "quiet",
          "data-key": `details ${deployment}`,
          "aria-expanded": String(isOpen),
          "aria-label": speaker.say("detailsOf", { name }),
          onclick: () => actions.toggle(deployment),
        },
        speaker.say(isOpen ? "close" : "details"),
      ),
    ),
  );
}

function hasFailed(status: string): boolean {
  return status === "failed" || status === "refused";
}

/** The network's own words are said in the reader's; those of a program or a validator are as they were written. */
function sayReason(reason: string, speaker: Speaker): string {
  return reason === "the node was lost" ? speaker.say("reasonLost") : reason;
}

function placeOf({ shown }: NewestDeployment, view: View): string {
  if (shown === null || shown.node === null) return "–";
  return `${nodeName(view, shown.node)} · ${shown.zone ?? ""}`;
}

function drawDetails(row: NewestDeployment, opened: OpenedDeployment, { view, speaker }: Drawing & { view: View }) {
  const { url, domains, isScheduled, owner, deployment } = row;
  const versions = opened.details?.workloads ?? [];
  const address = url === null ? speaker.say("noAddress") : linkTo(url, url);
  return element(
    "div",
    { class: "inside" },
    factList([
      [speaker.say("factAddress"), address],
      ...domains.map((domain) => [speaker.say("factAddress"), domain] as const),
      [speaker.say("factOwner"), `0x${owner}`],
      [speaker.say("factId"), deployment],
      ...(isScheduled ? [[speaker.say("factStatus"), speaker.say("scheduled")] as const] : []),
    ]),
    element("h4", {}, speaker.say("versions")),
    element(
      "ul",
      { class: "versions" },
      ...versions.slice(0, 8).map((version) => {
        const [word, tone] = STATES[version.status] ?? (["statusSubmitted", "idle"] as const);
        const place = version.node === null ? "" : ` · ${nodeName(view, version.node)}`;
        return element(
          "li",
          {},
          badge(tone, speaker.say(word)),
          ` ${speaker.say("version", { number: version.number })}${place} · ${speaker.date(version.submittedMs)}`,
          hasFailed(version.status)
            ? element("span", { class: "soft" }, ` · ${sayReason(version.reason, speaker)}`)
            : null,
        );
      }),
    ),
    element("h4", {}, speaker.say("workloadLog")),
    drawLog(row.name, opened, speaker),
  );
}

function drawLog(name: string, { log }: OpenedDeployment, speaker: Speaker): HTMLElement {
  if (log.state !== "open") {
    if (log.state === "loading") return element("p", { class: "soft" }, speaker.say("logsLoading"));
    if (log.state === "away") return element("p", { class: "soft" }, speaker.say("logsAway"));
    return element("p", {}, speaker.say("logsPrivate"), commandLine(`dsdn logs ${name} -f`, speaker));
  }
  if (log.lines.length === 0) return element("p", { class: "soft" }, speaker.say("logsEmpty"));
  return element(
    "ol",
    { class: "output", "data-scroll": "output", tabindex: "0", "aria-label": speaker.say("workloadLog") },
    ...log.lines.map(({ timeMs, stream, text }) =>
      element("li", { "data-stream": stream }, element("time", {}, speaker.time(timeMs)), ` ${text}`),
    ),
  );
}
