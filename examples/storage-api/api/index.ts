// A guest book that outlives its program: entries lie in the deployment's own storage. Every version finds them, no
// other deployment does. A write waits for the network's log, so it takes as long as a block.
import { getText, list, put, remove } from "dsdn:storage";
import { type Entry, findFault } from "./entry.ts";

/** A deployment may keep 64 names; one is left free for what comes next. */
const ENTRIES_MAX = 63;

const json = (body: unknown, status = 200) => Response.json(body, { status });

async function readAll(): Promise<Entry[]> {
  const names = (await list()).map(({ name }) => name).filter((name) => name.startsWith("entry-"));
  const texts = await Promise.all(names.map((name) => getText(name)));
  const entries = texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Entry]));
  return entries.sort((left, right) => right.writtenMs - left.writtenMs);
}

async function write(request: Request): Promise<Response> {
  const body: unknown = await request.json().catch(() => undefined);
  const fault = findFault(body);
  if (fault !== undefined) return json({ error: fault }, 400);
  if ((await readAll()).length >= ENTRIES_MAX) return json({ error: "The book is full." }, 409);
  const { name, text } = body as Pick<Entry, "name" | "text">;
  const entry: Entry = { id: crypto.randomUUID(), name: name.trim(), text: text.trim(), writtenMs: Date.now() };
  await put(`entry-${entry.id}`, JSON.stringify(entry));
  console.info("written", entry.id);
  return json(entry, 201);
}

export default {
  async fetch(request: Request, env: Record<string, string>): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, id] = /^\/api\/entries\/([0-9a-f-]{36})$/.exec(pathname) ?? [];
    if (pathname === "/api/entries" && request.method === "GET") return json({ entries: await readAll() });
    if (pathname === "/api/entries" && request.method === "POST") return write(request);
    if (id !== undefined && request.method === "DELETE") {
      // Without the secret nobody can remove anything: an unset word opens no door.
      const isKeeper = env["KEEPER_WORD"] !== undefined && request.headers.get("x-keeper-word") === env["KEEPER_WORD"];
      if (!isKeeper) return json({ error: "Only the keeper of the book removes entries." }, 403);
      await remove(`entry-${id}`);
      return new Response(null, { status: 204 });
    }
    return json({ error: `Nothing answers ${request.method} ${pathname} here.` }, 404);
  },
};
