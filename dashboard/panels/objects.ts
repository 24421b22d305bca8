import type { NewestObject } from "../../src/protocol/index.ts";
import { createSlot, element } from "../dom.ts";
import { type Speaker, shortId } from "../say.ts";
import { type Actions, type FoundThing, nodeName, type View } from "../view.ts";
import { statusText } from "./deployments.ts";
import { badge, commandLine, factList, type PagePanel } from "./panel.ts";
import { loggedState } from "./zones.ts";

/** What is stored: the objects published last, how many replicas they have, and any of them by its id. */
export function createObjects(actions: Actions): PagePanel {
  const heading = element("h2", { id: "objects-title" });
  const table = element("div", { class: "scroll" });
  const found = element("div", { class: "found", "aria-live": "polite" });
  const form = createLookup(actions);
  const drawTable = createSlot(table);
  const drawFound = createSlot(found);
  return {
    box: element(
      "section",
      { class: "panel", "data-panel": "objects", "aria-labelledby": "objects-title" },
      heading,
      form.box,
      found,
      table,
    ),
    draw: (view, speaker) => {
      heading.textContent = speaker.say("objects");
      form.draw(speaker);
      drawFound([view.found, speaker.language], () => drawResult(view, { speaker, actions }));
      const ages = view.objects?.objects.map(({ publishedMs }) => speaker.ago(Date.now() - publishedMs));
      drawTable([view.objects, ages, speaker.language], () => drawObjects(view, speaker, actions));
    },
  };
}

function createLookup(actions: Actions) {
  const label = element("label", { for: "lookup" });
  const input = element("input", {
    id: "lookup",
    type: "text",
    spellcheck: "false",
    autocomplete: "off",
    maxlength: "80",
  });
  const button = element("button", { type: "submit" });
  const box = element(
    "form",
    {
      class: "lookup",
      role: "search",
      onsubmit: (event) => {
        event.preventDefault();
        if (input.value.trim() !== "") actions.find(input.value);
      },
    },
    label,
    input,
    button,
  );
  return {
    box,
    draw: (speaker: Speaker) => {
      label.textContent = speaker.say("lookup");
      input.setAttribute("placeholder", speaker.say("lookupHint"));
      button.textContent = speaker.say("lookupGo");
    },
  };
}

function drawObjects({ objects }: View, speaker: Speaker, actions: Actions): HTMLElement[] {
  if (objects === undefined) return [element("p", { class: "soft" }, speaker.say("loading"))];
  if (objects.objects.length === 0) {
    return [
      element("p", { class: "empty" }, speaker.say("objectsEmpty"), commandLine("dsdn upload photo.jpg", speaker)),
    ];
  }
  const head = (["objectId", "size", "health", "access", "published"] as const).map((name) =>
    element(
      "th",
      { scope: "col", class: name === "access" || name === "published" ? "extra" : undefined },
      speaker.say(name),
    ),
  );
  const rows = objects.objects.map((object) => drawRow(object, { speaker, actions, want: objects.wantedReplicas }));
  const facts = { count: objects.objects.length, total: objects.total };
  return [
    element(
      "table",
      { "aria-labelledby": "objects-title" },
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows),
    ),
    element("p", { class: "soft" }, speaker.say("objectsNewest", facts)),
  ];
}

interface RowDrawing {
  readonly speaker: Speaker;
  readonly actions: Actions;
  readonly want: number;
}

function drawRow(row: NewestObject, { speaker, actions, want }: RowDrawing): HTMLElement {
  const { object, sizeBytes, isPublic, replicas, zones, publishedMs } = row;
  const tone = replicas >= want ? "good" : replicas === 0 ? "bad" : "warn";
  return element(
    "tr",
    { "data-object": object },
    element(
      "td",
      {},
      element(
        "button",
        { type: "button", class: "id", title: object, "data-key": object, onclick: () => actions.find(object) },
        shortId(object),
      ),
    ),
    element("td", { class: "number" }, speaker.bytes(sizeBytes)),
    element("td", {}, badge(tone, speaker.say("healthFacts", { have: replicas, want, zones }))),
    element("td", { class: "extra" }, speaker.say(isPublic ? "open" : "sealed")),
    element("td", { class: "soft extra" }, speaker.ago(Date.now() - publishedMs)),
  );
}

function drawResult(view: View, { speaker, actions }: { readonly speaker: Speaker; readonly actions: Actions }) {
  const { found } = view;
  if (found === undefined) return [];
  const close = element(
    "button",
    { type: "button", class: "quiet", "data-key": "close", onclick: () => actions.closeFound() },
    speaker.say("close"),
  );
  if (found.state === "looking") return [element("p", { class: "soft" }, speaker.say("loading"))];
  const without = { none: "lookupNone", away: "lookupAway", form: "lookupForm" } as const;
  if (found.state === "none" || found.state === "away" || found.state === "form") {
    return [element("p", {}, speaker.say(without[found.state])), close];
  }
  const kinds = {
    object: "kindObject",
    node: "kindNode",
    deployment: "kindDeployment",
    workload: "kindWorkload",
  } as const;
  return [element("h3", {}, speaker.say(kinds[found.state])), factList(factsOf(found, view, speaker)), close];
}

const OBJECT_STATES = {
  durable: "objectDurable",
  published: "objectPublished",
  deleted: "objectDeleted",
  expired: "objectExpired",
} as const;

type Pairs = readonly (readonly [string, string])[];

function factsOf(found: FoundThing, view: View, speaker: Speaker): Pairs {
  switch (found.state) {
    case "object": {
      const { object, owner, status, sizeBytes, isPublic, chunks, replicas, zones, createdMs, expiresMs } =
        found.object;
      const want = view.objects?.wantedReplicas ?? replicas;
      return [
        [speaker.say("factId"), object],
        [speaker.say("factOwner"), `0x${owner}`],
        [speaker.say("factStatus"), speaker.say(OBJECT_STATES[status])],
        [speaker.say("size"), speaker.bytes(sizeBytes)],
        [speaker.say("factChunks"), speaker.number(chunks.length)],
        [speaker.say("health"), speaker.say("healthFacts", { have: replicas, want, zones })],
        [speaker.say("access"), speaker.say(isPublic ? "open" : "sealed")],
        [speaker.say("published"), speaker.date(createdMs)],
        [speaker.say("factExpires"), expiresMs === null ? speaker.say("factNever") : speaker.date(expiresMs)],
      ];
    }
    case "node": {
      const { node, operator, zone, status, httpUrl, replicas, workloads, capacityBytes } = found.node;
      return [
        [speaker.say("factId"), node],
        [speaker.say("factOperator"), `0x${operator}`],
        [speaker.say("factZone"), zone],
        [speaker.say("factStatus"), speaker.say(loggedState(status))],
        [speaker.say("factAddress"), httpUrl],
        [speaker.say("health"), speaker.number(replicas)],
        [speaker.say("deployments"), speaker.say("workloads", { count: workloads })],
        [speaker.say("size"), speaker.say("capacity", { size: speaker.bytes(capacityBytes) })],
      ];
    }
    case "deployment": {
      const { deployment, name, owner, workloads } = found.deployment;
      return [
        [speaker.say("factId"), deployment],
        [speaker.say("factName"), name],
        [speaker.say("factOwner"), `0x${owner}`],
        [speaker.say("versions"), speaker.number(workloads.length)],
      ];
    }
    case "workload": {
      const { workload, name, number, status, node, zone, reason } = found.workload;
      return [
        [speaker.say("factId"), workload],
        [speaker.say("factName"), name],
        [speaker.say("factVersion"), speaker.number(number)],
        [speaker.say("factStatus"), statusText(status, speaker)],
        [speaker.say("factNode"), node === null ? "–" : `${nodeName(view, node)} (${zone ?? ""})`],
        [speaker.say("factReason"), reason === "" ? "–" : reason],
      ];
    }
  }
}
