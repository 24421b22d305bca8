import { DsdnError, escapeForTerminal } from "../base/index.ts";
import {
  type Intent,
  intentSchema,
  limits,
  looksLikeObjectId,
  type ObjectId,
  parseObjectId,
  type WorkloadSpec,
  workloadGrants,
} from "../protocol/index.ts";
import { FieldReader, type Said } from "./field-reader.ts";
import { readSchedule, type ScheduleWish } from "./schedule-wish.ts";
import { readYamlTree } from "./yaml-tree.ts";

/** The name of a project's own file of intent, in the project folder. */
export const PROJECT_FILE = "dsdn.yaml";

/** What a project's file says; what it leaves out is found or chosen. */
export interface ProjectFile {
  readonly type?: Said<Intent["type"]>;
  readonly priority?: Said<Intent["priority"]>;
  readonly visibility?: Said<Intent["visibility"]>;
  readonly name?: Said<string>;
  /** Program or model, below the project folder. */
  readonly entry?: Said<string>;
  /** Folder whose files are served, below the project folder; `` for the project folder itself. */
  readonly site?: Said<string>;
  readonly env?: Said<WorkloadSpec["env"]>;
  /** What the program is started with. */
  readonly args?: Said<readonly string[]>;
  readonly hosts?: Said<readonly string[]>;
  readonly objects?: Said<readonly ObjectId[]>;
  readonly schedule?: Said<ScheduleWish>;
}

/**
 * Reads a project's `dsdn.yaml`. It says what the project is and nothing about networks, addresses, keys or commands:
 * whoever deploys a stranger's project is led nowhere by it.
 *
 * @throws DSDN_INTENT_FILE_*, DSDN_INTENT_FIELD_*, DSDN_INTENT_VALUE_INVALID; each names the line
 */
export async function readProjectFile(bytes: Uint8Array, file: string = PROJECT_FILE): Promise<ProjectFile> {
  const tree = await readYamlTree(bytes, file);
  if (tree === undefined) return {};
  const reader = new FieldReader(file);
  const top = reader.fields(tree, "dsdn.yaml", TOP_FIELDS);
  reader.checkVersion(top.get("version"));
  const intent = reader.fields(top.get("intent"), "intent", ["type", "priority", "visibility"]);
  const grants = reader.fields(top.get("grants"), "grants", ["hosts", "objects"]);
  const { type, priority, visibility } = intentSchema.shape;
  return withoutAbsent({
    type: reader.choice(intent.get("type"), "type", type.options),
    priority: reader.choice(intent.get("priority"), "priority", priority.options),
    visibility: reader.choice(intent.get("visibility"), "visibility", visibility.options),
    name: reader.text(top.get("name"), { field: "name", expected: NAME, check: isName }),
    entry: reader.path(top.get("entry"), "entry"),
    site: reader.path(top.get("site"), "site"),
    env: reader.env(top.get("env")),
    args: reader.args(top.get("args")),
    hosts: reader.list(grants.get("hosts"), {
      field: "hosts",
      expected: HOST,
      most: limits.grantedHosts,
      read: findHost,
    }),
    objects: reader.list(grants.get("objects"), {
      field: "objects",
      expected: "bafy...",
      most: limits.grantedObjects,
      read: findObject,
    }),
    schedule: readSchedule(top.get("schedule"), reader),
  });
}

const TOP_FIELDS = ["version", "intent", "name", "entry", "site", "env", "args", "grants", "schedule"];
const NAME = `1 .. ${limits.deploymentNameBytes} byte, no / \\, no leading - or .`;
const HOST = "api.example.com";

/** True when the network keeps deployments under this name. */
export function isName(name: string): boolean {
  const size = Buffer.byteLength(name);
  const isPlain = escapeForTerminal(name) === name && name.isWellFormed();
  return size >= 1 && size <= limits.deploymentNameBytes && isPlain && !/^[-.]|[/\\]|^\s|\s$/.test(name);
}

function findHost(text: string): string | undefined {
  return text.includes(".") && workloadGrants.shape.hosts.safeParse([text]).success ? text : undefined;
}

function findObject(text: string): ObjectId | undefined {
  try {
    return looksLikeObjectId(text) ? parseObjectId(text) : undefined;
  } catch (error) {
    if (error instanceof DsdnError) return undefined;
    throw error;
  }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields whose value is undefined. */
function withoutAbsent<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
