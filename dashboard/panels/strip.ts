import { createSlot, element } from "../dom.ts";
import type { Speaker } from "../say.ts";
import type { TextName } from "../texts.ts";
import type { View } from "../view.ts";
import type { PagePanel, Tone } from "./panel.ts";

interface Tile {
  readonly name: TextName;
  readonly tone: Tone;
  readonly value: string;
  readonly note: string;
}

/** The network at a glance: six figures with what they mean. */
export function createStrip(): PagePanel {
  const box = element("section", { class: "strip" });
  const draw = createSlot(box);
  return {
    box,
    draw: (view, speaker) => {
      const tiles = [logTile, rootsTile, daTile, nodesTile, objectsTile, deploymentsTile].map((tile) =>
        tile(view, speaker),
      );
      box.setAttribute("aria-label", speaker.say("title"));
      draw([tiles, speaker.language], () =>
        tiles.map(({ name, tone, value, note }) =>
          element(
            "div",
            { class: "tile", "data-tone": tone, "data-tile": name },
            element("h2", {}, speaker.say(name)),
            element("p", { class: "value" }, value),
            element("p", { class: "soft" }, note),
          ),
        ),
      );
    },
  };
}

const UNKNOWN = { tone: "idle", value: "…", note: "" } as const;
/** The devnet's log goes on by itself every two seconds, a Celestia network's every six. */
const LATE_MS = 30_000;

function logTile({ heights, status }: View, speaker: Speaker): Tile {
  const name = "log";
  if (status === undefined) return { name, ...UNKNOWN };
  const last = heights.at(-1);
  const age = last === undefined ? undefined : Date.now() - last.timeMs;
  return {
    name,
    tone: age !== undefined && age > LATE_MS ? "warn" : "good",
    value: speaker.number(Math.max(last?.height ?? 0, status.height)),
    note: age === undefined ? speaker.say("logWaiting") : speaker.say("lastBlock", { ago: speaker.ago(age) }),
  };
}

function rootsTile({ agreement }: View, speaker: Speaker): Tile {
  const name = "roots";
  if (agreement === undefined) return { name, ...UNKNOWN };
  const count = (verdict: string) => agreement.roles.filter((role) => role.verdict === verdict).length;
  const quiet = count("silent");
  const at = speaker.say("rootsAt", { height: agreement.height });
  return {
    name,
    tone: agreement.isEqual ? (quiet > 0 ? "warn" : "good") : "bad",
    value: agreement.isEqual
      ? speaker.say("rootsAgree", { count: count("equal") })
      : speaker.say("rootsDiffer", { count: count("differs") }),
    note: quiet > 0 ? `${at} · ${speaker.say("rootsQuiet", { count: quiet })}` : at,
  };
}

function daTile({ status }: View, speaker: Speaker): Tile {
  const name = "da";
  if (status === undefined) return { name, ...UNKNOWN };
  const { isConnected, lastHeight, latencyMs, lagMs } = status.dataAvailability;
  return {
    name,
    tone: isConnected ? "good" : "bad",
    value: speaker.say(isConnected ? "daConnected" : "daAway"),
    note: isConnected
      ? speaker.say("daFacts", { height: lastHeight, latency: speaker.duration(latencyMs) })
      : speaker.say("daLag", { ago: speaker.ago(lagMs) }),
  };
}

function nodesTile({ status }: View, speaker: Speaker): Tile {
  const name = "nodes";
  if (status === undefined) return { name, ...UNKNOWN };
  const { active, total } = status.nodes;
  return {
    name,
    tone: active === total ? "good" : active === 0 ? "bad" : "warn",
    value: speaker.say("nodesActive", { active, total }),
    note: speaker.say("zonesCount", { count: status.zones }),
  };
}

function objectsTile({ objects }: View, speaker: Speaker): Tile {
  const name = "objects";
  if (objects === undefined) return { name, ...UNKNOWN };
  const { total, totalBytes } = objects;
  return { name, tone: "idle", value: speaker.say("objectsCount", { count: total }), note: speaker.bytes(totalBytes) };
}

function deploymentsTile({ deployments }: View, speaker: Speaker): Tile {
  const name = "deployments";
  if (deployments === undefined) return { name, ...UNKNOWN };
  const running = deployments.deployments.filter(({ shown }) => shown?.status === "running").length;
  return {
    name,
    tone: "idle",
    value: speaker.say("deploymentsCount", { count: deployments.total }),
    note: speaker.say("deploymentsRunning", { count: running }),
  };
}
