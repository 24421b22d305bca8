import { createHttpServer, type HttpServer } from "../base/index.ts";
import { DEFAULT_PORTS } from "../protocol/index.ts";
import type { DevnetPorts } from "./settings.ts";

/**
 * The ports with every 0 replaced by a free one: the network's usual number when nobody has it, any other otherwise.
 * All are held at once while they are chosen, so none is given out twice.
 */
export async function assignPorts(ports: DevnetPorts, host: string): Promise<DevnetPorts> {
  const held: HttpServer[] = [];
  const bind = async (port: number): Promise<number> => {
    const server = createHttpServer({ name: "port", host, port }, { routes: [] });
    await server.start();
    held.push(server);
    return server.port;
  };
  const take = async (known: number, usual = 0): Promise<number> => {
    if (known !== 0) return known;
    return bind(usual).catch(() => bind(0));
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
