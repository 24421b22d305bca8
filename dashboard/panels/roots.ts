import type { RootOfRole } from "../../src/protocol/index.ts";
import { createSlot, element } from "../dom.ts";
import type { Speaker } from "../say.ts";
import { nodeName, type View } from "../view.ts";
import { badge, commandLine, type PagePanel } from "./panel.ts";

/** Whether the roles derive the same state from the log, each by its own word. */
export function createRoots(): PagePanel {
  const heading = element("h2", { id: "roots-title" });
  // Only the verdict is announced: heights change with every block.
  const verdict = element("p", { role: "status" });
  const body = element("div", { class: "stack" });
  const drawVerdict = createSlot(verdict);
  const draw = createSlot(body);
  return {
    box: element(
      "section",
      { class: "panel", "data-panel": "roots", "aria-labelledby": "roots-title" },
      heading,
      verdict,
      body,
    ),
    draw: (view, speaker) => {
      heading.textContent = speaker.say("roots");
      const { agreement } = view;
      verdict.classList.toggle("alarm", agreement?.isEqual === false);
      drawVerdict([agreement?.isEqual, speaker.language], () => sayVerdict(agreement?.isEqual, speaker));
      draw([agreement, view.control.roles.length, speaker.language], () => {
        if (agreement === undefined) return [element("p", { class: "soft" }, speaker.say("loading"))];
        const { height, roles } = agreement;
        const head = (["askedRole", "askedRoot", "askedHeight"] as const).map((name) =>
          element("th", { scope: "col" }, speaker.say(name)),
        );
        return [
          element("p", { class: "soft" }, speaker.say("rootsAt", { height })),
          element(
            "div",
            { class: "scroll" },
            element(
              "table",
              { "aria-labelledby": "roots-title" },
              element("thead", {}, element("tr", {}, ...head, element("td"))),
              element("tbody", {}, ...inOrder(roles, view).map((role) => drawRole(role, view, speaker))),
            ),
          ),
        ];
      });
    },
  };
}

function sayVerdict(isEqual: boolean | undefined, speaker: Speaker) {
  if (isEqual === undefined) return [];
  return isEqual ? [speaker.say("agree")] : [speaker.say("disagree"), commandLine("dsdn verify state", speaker)];
}

const KINDS = ["ingress", "coordinator", "node"];

function inOrder(roles: readonly RootOfRole[], view: View): RootOfRole[] {
  const placeOf = ({ kind, id }: RootOfRole) => `${KINDS.indexOf(kind)} ${kind === "node" ? nodeName(view, id) : id}`;
  return roles.toSorted((left, right) => placeOf(left).localeCompare(placeOf(right), "en", { numeric: true }));
}

const VERDICTS = {
  equal: ["verdictEqual", "good"],
  differs: ["verdictDiffers", "bad"],
  behind: ["verdictBehind", "warn"],
  silent: ["verdictSilent", "warn"],
} as const;

function drawRole({ kind, id, height, stateRoot, verdict }: RootOfRole, view: View, speaker: Speaker): HTMLElement {
  const name =
    kind === "node" ? nodeName(view, id) : speaker.say(kind === "ingress" ? "roleIngress" : "roleCoordinator", { id });
  const [word, tone] = VERDICTS[verdict];
  return element(
    "tr",
    { "data-verdict": verdict, "data-role": name },
    element("td", {}, name),
    element("td", {}, element("code", { title: stateRoot ?? undefined }, stateRoot?.slice(0, 10) ?? "–")),
    element("td", { class: "number" }, height === null ? "–" : String(height)),
    element("td", {}, badge(tone, speaker.say(word))),
  );
}
