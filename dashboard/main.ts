import { createActions } from "./actions.ts";
import { element } from "./dom.ts";
import { followNetwork } from "./follow.ts";
import { createDeployments } from "./panels/deployments.ts";
import { createFaults } from "./panels/faults.ts";
import { createHeader } from "./panels/header.ts";
import { createLog } from "./panels/log.ts";
import { createObjects } from "./panels/objects.ts";
import { createRoots } from "./panels/roots.ts";
import { createStrip } from "./panels/strip.ts";
import { createZones } from "./panels/zones.ts";
import { createSpeaker } from "./say.ts";
import type { Language } from "./texts.ts";
import { NOTHING_YET, type View } from "./view.ts";

/** The dashboard of an ingress: it follows the network through what anybody may read, and holds nothing itself. */

const root = document.documentElement;
let view: View = NOTHING_YET;
let speaker = createSpeaker(root.lang === "id" ? "id" : "en");
let isDrawing = false;

const store = {
  get: () => view,
  set: (change: Partial<View>) => {
    view = { ...view, ...change };
    // Several answers that come together are drawn together.
    if (isDrawing) return;
    isDrawing = true;
    queueMicrotask(() => {
      isDrawing = false;
      draw();
    });
  },
};
const actions = createActions(store);

function pick(language: Language): void {
  root.lang = language;
  speaker = createSpeaker(language);
  draw();
}

const header = createHeader(pick);
const strip = createStrip();
const zones = createZones(actions);
const deployments = createDeployments(actions);
const objects = createObjects(actions);
const log = createLog(actions);
const roots = createRoots();
const faults = createFaults(actions);
const panels = [header, strip, zones, deployments, objects, log, roots, faults];

function draw(): void {
  root.toggleAttribute("data-away", view.isAway);
  document.title = `${view.network?.name ?? "DSDN"} · ${speaker.say("title")}`;
  for (const { draw: drawPanel } of panels) drawPanel(view, speaker);
}

document
  .getElementById("app")
  ?.append(
    header.box,
    element(
      "main",
      {},
      strip.box,
      element("div", { class: "wide" }, zones.box, faults.box, deployments.box, objects.box),
      element("div", { class: "side" }, log.box, roots.box),
    ),
  );
draw();
actions.open(location.hash);
// The code in it is good once; nobody needs to see it in the address bar or its history.
if (location.hash !== "") history.replaceState(null, "", location.pathname);
followNetwork(store);
// What is said of the time grows old although nothing happens.
setInterval(() => !document.hidden && draw(), 1_000);
