import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { baseErrors, fail, type Lifecycle } from "../../../base/index.ts";
import { MAX_CHUNK_SIZE_BYTES } from "../../../protocol/index.ts";
import { type GrpcBackend, grpcRoutes } from "./storage-service.ts";

export interface GrpcServer extends Lifecycle {
  readonly port: number;
}

type Handler = (request: never, response: never) => void;

const MAX_SESSIONS = 500;
/** Each may hold a whole chunk in memory; more are refused until one is done. */
const MAX_UNDER_WAY = 32;
const IDLE_SESSION_MS = 120_000;
const UNAVAILABLE = "14";

/**
 * Serves `dsdn.api` over gRPC (HTTP/2 without TLS, loopback unless told otherwise). The gRPC library is loaded at the
 * first request, so that a node starts without it.
 */
export function createGrpcServer(options: { host: string; port: number }, backend: GrpcBackend): GrpcServer {
  const sessions = new Set<ServerHttp2Session>();
  let server: Http2Server | undefined;
  let port = 0;
  let handler: Promise<Handler> | undefined;
  let underWay = 0;

  async function load(): Promise<Handler> {
    const [connect, node] = await Promise.all([import("@connectrpc/connect"), import("@connectrpc/connect-node")]);
    const limits = { readMaxBytes: MAX_CHUNK_SIZE_BYTES + 4096, writeMaxBytes: MAX_CHUNK_SIZE_BYTES + 4096 };
    return node.connectNodeAdapter({ routes: grpcRoutes(connect, backend), ...limits }) as Handler;
  }

  return {
    get port() {
      return port;
    },
    start: () =>
      new Promise((resolve, reject) => {
        if (server !== undefined) return resolve();
        const created = createServer({ maxSessionMemory: 100, settings: { initialWindowSize: 1024 * 1024 } });
        server = created;
        created.on("session", (session) => {
          if (sessions.size >= MAX_SESSIONS) return session.destroy();
          sessions.add(session);
          session.on("close", () => sessions.delete(session));
          session.on("error", () => session.destroy());
          session.setTimeout(IDLE_SESSION_MS, () => session.destroy());
        });
        created.on("request", (request, response) => {
          if (underWay >= MAX_UNDER_WAY) {
            response.writeHead(200, { "content-type": "application/grpc", "grpc-status": UNAVAILABLE });
            return void response.end();
          }
          underWay++;
          response.once("close", () => underWay--);
          handler ??= load();
          // The library throws for an authority that is no host: a stranger's mistake must not reach the process.
          handler.then((serve) => serve(request as never, response as never)).catch(() => response.stream?.close());
        });
        // It stays after the start: an error event that nobody hears ends the process.
        created.on("error", (error) =>
          reject(fail(baseErrors.portTaken, { port: options.port, host: options.host }, { cause: error })),
        );
        created.listen(options.port, options.host, () => {
          port = (created.address() as AddressInfo).port;
          resolve();
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (server === undefined) return resolve();
        for (const session of sessions) session.destroy();
        server.close(() => resolve());
        server = undefined;
      }),
  };
}
