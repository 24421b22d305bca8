import { createHttpServer, type HttpServer, type Random } from "../base/index.ts";
import { DEFAULT_PORTS } from "../protocol/index.ts";
import type { DevnetPorts } from "./settings.ts";

/**
 * Below the numbers a system deals out to programs that ask for any port (from 32768 on Linux, from 49152 elsewhere):
 * nobody gets one of these by chance while its role is away, so a devnet finds its ports again.
 */
const FIRST_PORT = 20_000;
const PORT_COUNT = 12_768;
const GUESSES = 64;

/**
 * The ports with every 0 replaced by a free one: the network's usual number when nobody has it, any other otherwise.
 * All are held at once while they are chosen, so none is given out twice. Those that are not usual lie side by side: it
 * is then unlikely that a devnet takes any that another one, which is stopped, comes back to.
 */
export async function assignPorts(
  ports: DevnetPorts,
  { host, random }: { readonly host: string; readonly random: Random },
): Promise<DevnetPorts> {
  const held: HttpServer[] = [];
  const bind = async (port: number): Promise<number> => {
    const server = createHttpServer({ name: "port", host, port }, { routes: [] });
    await server.start();
    held.push(server);
    return server.port;
  };
  let next = Buffer.from(random.bytes(4)).readUInt32BE();
  const bindAny = async (): Promise<number> => {
    for (let guess = 0; guess < GUESSES; guess++) {
      const bound = await bind(FIRST_PORT + (next++ % PORT_COUNT)).catch(() => undefined);
      if (bound !== undefined) return bound;
    }
    return bind(0);
  };
  const take = async (known: number, usual?: number): Promise<number> => {
    if (known !== 0) return known;
    return usual === undefined ? bindAny() : bind(usual).catch(bindAny);
  };
  try {
    const ingress = await take(ports.ingress, DEFAULT_PORTS.ingress);
    const sequencer = await take(ports.sequencer, DEFAULT_PORTS.chainRpc);
    const da = await take(ports.da, DEFAULT_PORTS.celestiaRpc);
    const coordinators = [];
    for (const port of ports.coordinators) coordinators.push(await take(port, DEFAULT_PORTS.coordinator));
    const nodes = [];
    for (const { http, grpc } of ports.nodes) nodes.push({ http: await take(http), grpc: await take(grpc) });
    const validators = [];
    for (const port of ports.validators) validators.push(await take(port));
    return { ingress, sequencer, da, coordinators, nodes, validators, control: await take(ports.control) };
  } finally {
    await Promise.all(held.map((server) => server.stop()));
  }
}

/** Those of the network's usual port numbers that another program has; a devnet then takes others. */
export async function findTakenPorts(host: string): Promise<readonly number[]> {
  const { ingress, chainRpc, celestiaRpc, coordinator } = DEFAULT_PORTS;
  const taken: number[] = [];
  for (const port of [ingress, chainRpc, celestiaRpc, coordinator]) {
    const server = createHttpServer({ name: "port", host, port }, { routes: [] });
    await server.start().then(
      () => server.stop(),
      () => taken.push(port),
    );
  }
  return taken;
}

/** The ports without one that somebody else has; `assignPorts` finds another for it. */
export function withoutPort(ports: DevnetPorts, taken: number): DevnetPorts {
  const keep = (port: number) => (port === taken ? 0 : port);
  return {
    ingress: keep(ports.ingress),
    sequencer: keep(ports.sequencer),
    da: keep(ports.da),
    coordinators: ports.coordinators.map(keep),
    nodes: ports.nodes.map(({ http, grpc }) => ({ http: keep(http), grpc: keep(grpc) })),
    validators: ports.validators.map(keep),
    control: keep(ports.control),
  };
}
