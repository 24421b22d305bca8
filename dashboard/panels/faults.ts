import { createSlot, element } from "../dom.ts";
import type { Speaker } from "../say.ts";
import type { TextName } from "../texts.ts";
import type { Actions, ControlView, View } from "../view.ts";
import { commandLine, type PagePanel } from "./panel.ts";

/** What the button says, and what is said when it is done. */
const FAULTS: { readonly [kind: string]: readonly [TextName, TextName] } = {
  kill: ["killFault", "killDone"],
  restart: ["restartFault", "restartDone"],
  partition: ["partitionFault", "partitionDone"],
  slow: ["slowFault", "slowDone"],
  corrupt: ["corruptFault", "corruptDone"],
};
const STATUSES: { readonly [status: string]: TextName } = {
  running: "nodeRunning",
  stopped: "nodeStopped",
  partitioned: "nodePartitioned",
  slow: "nodeSlow",
};
const COMMAND = "dsdn dashboard";

/** Breaks parts of a devnet. On any other network there is no such panel. */
export function createFaults(actions: Actions): PagePanel {
  const box = element("section", {
    class: "panel",
    "data-panel": "faults",
    "aria-labelledby": "faults-title",
    hidden: true,
  });
  const heading = element("h2", { id: "faults-title" });
  const body = element("div", { class: "stack" });
  const report = element("p", { class: "report", role: "status" });
  box.append(heading, body, report);
  const drawBody = createSlot(body);
  const drawReport = createSlot(report);
  return {
    box,
    draw: ({ network, control }: View, speaker) => {
      box.hidden = network?.stage !== "devnet";
      heading.textContent = speaker.say("faults");
      const { state, roles, chosen } = control;
      drawBody([state, roles, chosen, speaker.language], () => drawControls(control, speaker, actions));
      const said = sayReport(control, speaker);
      drawReport([said], () => [said]);
    },
  };
}

function drawControls({ state, roles, chosen }: ControlView, speaker: Speaker, actions: Actions): HTMLElement[] {
  if (state === "none" || state === "spent") {
    const text = speaker.say(state === "none" ? "faultsLocked" : "faultsSpent");
    return [element("p", {}, text, commandLine(COMMAND, speaker))];
  }
  const isAway = state === "away";
  const about = isAway
    ? element("p", {}, speaker.say("controlGone"), commandLine(COMMAND, speaker))
    : element("p", { class: "soft" }, speaker.say("faultsAbout"));
  if (roles.length === 0) return [about];
  const role = roles.find(({ name }) => name === chosen);
  const select = element("select", { id: "fault-role", "data-key": "fault-role" });
  for (const { name, kind, status } of roles) {
    const word = status === null ? undefined : STATUSES[status];
    const shown = kind === "da" ? speaker.say("roleDa") : name;
    const text = status === "running" || word === undefined ? shown : `${shown} (${speaker.say(word)})`;
    select.append(element("option", { value: name, selected: name === chosen }, text));
  }
  select.addEventListener("change", () => actions.choose(select.value));
  const suited = role?.faults ?? [];
  // All stand where they are, whatever can be played now: nothing moves under a finger or loses the keyboard.
  const buttons = [...new Set([...Object.keys(FAULTS), ...suited])].map((kind) => {
    const name = FAULTS[kind];
    const isSuited = !isAway && suited.includes(kind);
    return element(
      "button",
      {
        type: "button",
        "data-key": `fault ${kind}`,
        "data-fault": kind,
        "aria-disabled": isSuited ? undefined : "true",
        onclick: () => isSuited && actions.fault(kind, role?.name ?? ""),
      },
      name === undefined ? kind : speaker.say(name[0]),
    );
  });
  const heal = element(
    "button",
    {
      type: "button",
      class: "primary",
      "data-key": "heal",
      "aria-disabled": isAway ? "true" : undefined,
      onclick: () => !isAway && actions.heal(),
    },
    speaker.say("heal"),
  );
  const pick = element(
    "span",
    { class: "pick" },
    element("label", { for: "fault-role" }, speaker.say("faultRole")),
    select,
  );
  const group = element("span", { role: "group", class: "kinds", "aria-label": speaker.say("faultKind") }, ...buttons);
  return [about, element("div", { class: "controls" }, pick, group, heal)];
}

function sayReport({ report, roles }: ControlView, speaker: Speaker): string {
  if (report === undefined) return "";
  switch (report.state) {
    case "healing":
      return `${speaker.say("heal")}…`;
    case "healed":
      return speaker.say("healed");
    case "failed": {
      const words = report.words[speaker.language];
      return speaker.say("faultFailed", { reason: words === "" ? speaker.say("controlAway") : words });
    }
    default: {
      const { state, kind } = report;
      const [begun, done] = FAULTS[kind] ?? [];
      const role = roles.find(({ name }) => name === report.role)?.kind === "da" ? speaker.say("roleDa") : report.role;
      if (begun === undefined || done === undefined) return `${kind}: ${role}`;
      return state === "done"
        ? speaker.say(done, { role })
        : speaker.say("playing", { kind: speaker.say(begun), role });
    }
  }
}
