import type { NodeRow } from "../../src/protocol/index.ts";
import { createSlot, element } from "../dom.ts";
import type { Speaker } from "../say.ts";
import type { TextName } from "../texts.ts";
import { type Actions, nodeName, roleOf, type View } from "../view.ts";
import { badge, type PagePanel, type Tone } from "./panel.ts";

interface ShownNode {
  readonly row: NodeRow;
  readonly name: string;
  readonly status: TextName;
  readonly tone: Tone;
  readonly isChosen: boolean;
}

const NODES_SHOWN = 24;

/** The nodes, zone by zone. What the log says of a node counts; a devnet knows earlier that it stopped one. */
export function createZones(actions: Actions): PagePanel {
  const heading = element("h2", { id: "zones-title" });
  const map = element("div", { class: "zones" });
  const draw = createSlot(map);
  return {
    box: element("section", { class: "panel", "data-panel": "zones", "aria-labelledby": "zones-title" }, heading, map),
    draw: (view, speaker) => {
      heading.textContent = speaker.say("zones");
      const nodes = view.nodes.map((row) => shownNode(view, row));
      const most = Math.max(1, ...nodes.map(({ row }) => row.replicas));
      draw([nodes, view.status === undefined, view.control.state, speaker.language], () => {
        if (view.status === undefined) return [element("p", { class: "soft" }, speaker.say("loading"))];
        if (nodes.length === 0) return [element("p", { class: "soft" }, speaker.say("noNodes"))];
        const zones = Map.groupBy(nodes, ({ row }) => row.zone);
        const names = [...zones.keys()].sort();
        return names.map((zone) => drawZone(zone, zones.get(zone) ?? [], { most, speaker, view, actions }));
      });
    },
  };
}

function shownNode(view: View, row: NodeRow): ShownNode {
  const role = roleOf(view, row.httpUrl);
  const differs = view.agreement?.roles.some(({ id, verdict }) => id === row.node && verdict === "differs") === true;
  const [status, tone] = stateOf(row.status, role?.status ?? null, differs);
  const isChosen = role !== undefined && role.name === view.control.chosen;
  return { row, name: nodeName(view, row.node), status, tone, isChosen };
}

/** What the log says of a node. */
export function loggedState(status: string): "nodeActive" | "nodeSuspended" | "nodeLeft" {
  if (status === "active") return "nodeActive";
  return status === "left" ? "nodeLeft" : "nodeSuspended";
}

function stateOf(logged: string, played: string | null, differs: boolean): readonly [TextName, Tone] {
  if (played === "stopped") return ["nodeStopped", "bad"];
  if (played === "partitioned") return ["nodePartitioned", "bad"];
  const state = loggedState(logged);
  if (state !== "nodeActive") return [state, state === "nodeLeft" ? "idle" : "bad"];
  if (differs) return ["nodeDiffers", "warn"];
  return played === "slow" ? ["nodeSlow", "warn"] : ["nodeActive", "good"];
}

interface Drawing {
  readonly most: number;
  readonly speaker: Speaker;
  readonly view: View;
  readonly actions: Actions;
}

function drawZone(zone: string, nodes: readonly ShownNode[], drawing: Drawing): HTMLElement {
  const { speaker } = drawing;
  const active = nodes.filter(({ tone }) => tone === "good" || tone === "warn").length;
  const tone: Tone = active === nodes.length ? "good" : active === 0 ? "bad" : "warn";
  const byName = nodes.toSorted((left, right) => left.name.localeCompare(right.name, "en", { numeric: true }));
  // Of very many, those that need looking at come first; the rest is counted.
  const isMany = nodes.length > NODES_SHOWN;
  const shown = isMany
    ? byName.toSorted((left, right) => urgency(right) - urgency(left)).slice(0, NODES_SHOWN)
    : byName;
  return element(
    "div",
    { class: "zone", "data-tone": tone, "data-zone": zone },
    element(
      "h3",
      {},
      element("span", {}, zone),
      element("span", { class: "soft" }, speaker.say("zoneFacts", { active, total: nodes.length })),
    ),
    active === 0 ? element("p", { class: "alarm" }, speaker.say("zoneFallen")) : null,
    element("div", { class: "nodes" }, ...shown.map((node) => drawNode(node, drawing))),
    isMany ? element("p", { class: "soft" }, speaker.say("logMore", { count: nodes.length - shown.length })) : null,
  );
}

function urgency({ tone }: ShownNode): number {
  return ["idle", "good", "warn", "bad"].indexOf(tone);
}

function drawNode({ row, name, status, tone, isChosen }: ShownNode, drawing: Drawing): HTMLElement {
  const { most, speaker, view, actions } = drawing;
  const isDevnet = view.control.state !== "none" && roleOf(view, row.httpUrl) !== undefined;
  const replicas = speaker.say("replicas", { count: row.replicas });
  const workloads = speaker.say("workloads", { count: row.workloads });
  const level = element("span", { class: "level", "aria-hidden": "true" });
  level.style.setProperty("--share", String(row.replicas / most));
  return element(
    "button",
    {
      type: "button",
      class: "node",
      "data-tone": tone,
      "data-key": `node ${row.node}`,
      "data-node": name,
      "data-status": status,
      "aria-pressed": isDevnet ? String(isChosen) : undefined,
      "aria-label": speaker.say("nodeLabel", {
        name,
        status: speaker.say(status),
        zone: row.zone,
        replicas,
        workloads,
      }),
      title: `${row.node}\n${speaker.say("capacity", { size: speaker.bytes(row.capacityBytes) })}`,
      onclick: () => {
        const role = roleOf(view, row.httpUrl);
        if (role === undefined) actions.find(row.node);
        else actions.choose(role.name);
      },
    },
    element("span", { class: "node-name" }, name, badge(tone, speaker.say(status))),
    element("span", { class: "soft" }, `${replicas} · ${workloads}`),
    level,
    element(
      "span",
      { class: "soft" },
      `${speaker.say(row.class)} · ${speaker.say("capacity", { size: speaker.bytes(row.capacityBytes) })}`,
    ),
  );
}
