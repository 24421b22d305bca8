// What the product is compared with, each in a process of its own. Prints its port when it listens.
// peers.ts bare | handler | proxy <origin> <path> | miniflare <package folder>
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Pool } from "undici";
import { handlerSource, pageText } from "./site.ts";

const [what = "", ...args] = process.argv.slice(2);

function listen(answer: (message: IncomingMessage, response: ServerResponse) => void): void {
  const server: Server = createServer(answer);
  server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
}

/** The same bytes as the site, from a constant. */
function bare(): void {
  const body = Buffer.from(pageText);
  const headers = { "content-type": "text/html; charset=utf-8", "content-length": body.length };
  listen((_message, response) => {
    response.writeHead(200, headers);
    response.end(body);
  });
}

/** The same handler as the deployment's, in Node itself. */
async function handler(): Promise<void> {
  const module = `data:text/javascript,${encodeURIComponent(handlerSource)}`;
  const { default: program } = (await import(module)) as { default: { fetch(request: Request): Response } };
  listen(async (message, response) => {
    const answer = program.fetch(new Request(`http://${message.headers.host}${message.url}`));
    const body = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), "content-length": body.length });
    response.end(body);
  });
}

/** A plain reverse proxy: every request goes to one path, headers both ways, bodies streamed. */
function proxy(origin: string, path: string): void {
  const pool = new Pool(origin, { connections: 128 });
  listen(async ({ headers }, response) => {
    const { connection: _connection, host, ...passed } = headers;
    const answer = await pool.request({ path, method: "GET", headers: { ...passed, "x-forwarded-host": host ?? "" } });
    response.writeHead(answer.statusCode, answer.headers);
    answer.body.pipe(response);
  });
}

async function miniflare(folder: string): Promise<void> {
  const { main } = JSON.parse(readFileSync(join(folder, "node_modules/miniflare/package.json"), "utf8"));
  const { Miniflare } = createRequire(join(folder, "package.json"))(join(folder, "node_modules/miniflare", main));
  const server = new Miniflare({
    modules: true,
    script: handlerSource,
    compatibilityDate: "2026-04-01",
    host: "127.0.0.1",
    port: 0,
  });
  console.log((await server.ready).port);
}

const peers: Record<string, () => unknown> = {
  bare,
  handler,
  proxy: () => proxy(args[0] ?? "", args[1] ?? ""),
  miniflare: () => miniflare(args[0] ?? ""),
};
await peers[what]?.();
