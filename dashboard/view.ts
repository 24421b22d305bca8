import type { ApiDetails, LoggedHeight } from "../src/protocol/index.ts";
import type { Control, DevnetRole } from "./control.ts";

/** What the page knows; the panels draw it. */
export interface View {
  readonly network: ApiDetails<"network"> | undefined;
  readonly status: ApiDetails<"status"> | undefined;
  readonly nodes: ApiDetails<"nodes">["nodes"];
  readonly objects: ApiDetails<"newestObjects"> | undefined;
  readonly deployments: ApiDetails<"newestDeployments"> | undefined;
  readonly agreement: ApiDetails<"stateAgreement"> | undefined;
  /** Oldest first. */
  readonly heights: readonly LoggedHeight[];
  readonly onlyEvents: boolean;
  /** The ingress did not answer the last time it was asked. */
  readonly isAway: boolean;
  readonly control: ControlView;
  /** The deployment whose details are open. */
  readonly opened: OpenedDeployment | undefined;
  readonly found: Found | undefined;
}

export interface ControlView {
  /** `spent`: the code in the address was no good; `none`: there was none. */
  readonly state: "none" | "spent" | "open" | "away";
  /** Being opened from the moment the page has a code; undefined, or gives it, where there is none. */
  readonly door: Promise<Control | undefined> | undefined;
  readonly roles: readonly DevnetRole[];
  /** Name of the role a fault is to be played on. */
  readonly chosen: string;
  /** The last fault: under way, done, or failed. */
  readonly report: ControlReport | undefined;
}

export type ControlReport =
  | { readonly state: "playing" | "done"; readonly kind: string; readonly role: string }
  | { readonly state: "healing" | "healed" }
  | { readonly state: "failed"; readonly words: { readonly en: string; readonly id: string } };

export interface OpenedDeployment {
  readonly id: string;
  readonly details: ApiDetails<"deployment"> | undefined;
  readonly log: WorkloadLog;
}

export type WorkloadLog =
  | { readonly state: "loading" | "private" | "away" }
  | { readonly state: "open"; readonly lines: readonly LogLine[] };

export interface LogLine {
  readonly timeMs: number;
  readonly stream: string;
  readonly text: string;
}

/** What a lookup came to. */
export type Found =
  | FoundThing
  | { readonly state: "looking" }
  | { readonly state: "none" }
  /** The ingress did not answer: nobody knows. */
  | { readonly state: "away" }
  | { readonly state: "form" };

export type FoundThing =
  | { readonly state: "object"; readonly object: ApiDetails<"object"> }
  | { readonly state: "node"; readonly node: ApiDetails<"nodes">["nodes"][number] }
  | { readonly state: "deployment"; readonly deployment: ApiDetails<"deployment"> }
  | { readonly state: "workload"; readonly workload: ApiDetails<"workload"> };

/** What a reader does. */
export interface Actions {
  choose(role: string): void;
  fault(kind: string, role: string): void;
  heal(): void;
  /** Opens a deployment's details, or closes them. */
  toggle(deployment: string): void;
  find(id: string): void;
  closeFound(): void;
  showOnlyEvents(isWanted: boolean): void;
}

export const NOTHING_YET: View = {
  network: undefined,
  status: undefined,
  nodes: [],
  objects: undefined,
  deployments: undefined,
  agreement: undefined,
  heights: [],
  onlyEvents: false,
  isAway: false,
  control: { state: "none", door: undefined, roles: [], chosen: "", report: undefined },
  opened: undefined,
  found: undefined,
};

/** What a node is called: its name on a devnet, otherwise the beginning of its key. */
export function nodeName(view: View, key: string): string {
  const node = view.nodes.find((other) => other.node === key);
  const role = node === undefined ? undefined : roleOf(view, node.httpUrl);
  return role?.name ?? key.slice(0, 8);
}

/** The devnet's own word on whoever answers at the address. */
export function roleOf(view: View, url: string): DevnetRole | undefined {
  return view.control.roles.find((role) => role.url === url);
}
