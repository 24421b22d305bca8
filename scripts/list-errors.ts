// Every error of every room, read from the rooms' own `errors.ts`, for the catalogue in docs/ and the tests.
import type { ErrorSpec } from "../src/base/index.ts";
import { listSources, readRooms, roomOf } from "./rooms.ts";

export interface ListedError {
  readonly room: string;
  /** The name under which the room's code refers to it. */
  readonly name: string;
  readonly spec: ErrorSpec;
}

/** Sorted by code. @param load - imports a module by its repository path. */
export async function listErrors(load: (path: string) => Promise<unknown>): Promise<ListedError[]> {
  const table = readRooms();
  const found: ListedError[] = [];
  for (const { path } of listSources("src").filter((file) => /(?:^|[/-])errors\.ts$/.test(file.path))) {
    const exported = Object.values((await load(path)) as Record<string, unknown>);
    for (const group of exported.filter((value) => typeof value === "object" && value !== null)) {
      for (const [name, spec] of Object.entries(group as Record<string, unknown>)) {
        if (isSpec(spec)) found.push({ room: roomOf(path, table) ?? path, name, spec });
      }
    }
  }
  return found.sort((left, right) => (left.spec.code < right.spec.code ? -1 : 1));
}

function isSpec(value: unknown): value is ErrorSpec {
  return typeof value === "object" && value !== null && "code" in value && "exit" in value && "text" in value;
}
