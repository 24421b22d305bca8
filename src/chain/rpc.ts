import {
  createHttpServer,
  fromUtf8,
  type HttpRequest,
  type HttpResponse,
  type HttpServer,
  type HttpServerFactory,
  type Logger,
} from "../base/index.ts";
import { answerMethod } from "./rpc-methods.ts";
import type { ChainNode } from "./rpc-port.ts";
import { createRpcSockets, type RpcSockets } from "./rpc-sockets.ts";
import { answerCall, answerText } from "./rpc-text.ts";

export interface ChainRpcOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Host names besides loopback that are answered. */
  readonly allowedHosts?: readonly string[];
  /** Web origins that may call, a wallet extension's for example. None unless said. */
  readonly allowedOrigins?: readonly string[];
}

interface ChainRpcDeps {
  readonly node: ChainNode;
  readonly log: Logger;
  /** `createHttpServer` of base unless said. */
  readonly createHttpServer?: HttpServerFactory;
  /** Routes served beside the JSON-RPC one, such as metrics. */
  readonly routes?: Parameters<HttpServerFactory>[1]["routes"];
}

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Ethereum JSON-RPC over HTTP POST and WebSocket on one port, at `/`. No token: a transaction carries its own
 * signature and everything else only reads; Host and Origin are checked, so no web page can reach it unasked.
 *
 * @source Ethereum execution API; differs: no filters (libraries fall back to eth_getLogs), no access to keys, no
 *   debug methods.
 */
export function createChainRpc(options: ChainRpcOptions, deps: ChainRpcDeps): HttpServer {
  const { node, log } = deps;
  let sockets: RpcSockets | undefined;
  const server = (deps.createHttpServer ?? createHttpServer)(
    { name: "chain", ...options },
    {
      log,
      routes: [
        ...(deps.routes ?? []),
        { method: "POST", path: "/", isOpen: true, maxBodyBytes: MAX_BODY_BYTES, handle: (call) => post(call) },
        { method: "*", path: "/", isOpen: true, handle: (call) => preflight(call) },
      ],
      upgrade: (...upgrade) => {
        if (sockets === undefined) upgrade[1].destroy();
        else sockets.accept(...upgrade);
      },
    },
  );

  async function post(request: HttpRequest): Promise<HttpResponse> {
    const body = fromUtf8(await request.body());
    const text = await answerText(body, (call) =>
      answerCall(call, (method, params) => answerMethod(node, method, params)),
    );
    const headers = { "content-type": "application/json", ...corsHeaders(request) };
    return text === undefined ? { status: 204, headers } : { headers, body: text };
  }

  return {
    get port() {
      return server.port;
    },
    get url() {
      return server.url;
    },
    start: async (signal) => {
      sockets ??= await createRpcSockets({ node, log });
      await server.start(signal);
    },
    stop: async () => {
      sockets?.close();
      sockets = undefined;
      await server.stop();
    },
  };
}

/** Only origins that passed the server's own check get here, so naming them back is safe. */
function corsHeaders(request: HttpRequest): Record<string, string> {
  const { origin } = request.headers;
  return origin === undefined ? {} : { "access-control-allow-origin": origin, vary: "origin" };
}

function preflight(request: HttpRequest): HttpResponse {
  if (request.method !== "OPTIONS") return { status: 405, headers: { allow: "POST, OPTIONS" } };
  return {
    status: 204,
    headers: {
      ...corsHeaders(request),
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": 600,
    },
  };
}
