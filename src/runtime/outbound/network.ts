import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";

/** How requests of programs leave this machine. Tests put another one in its place; there is no switch. */
export interface OutboundNetwork {
  /** Every address of a host name. Asked once a hop; what it says is checked and then connected to. */
  resolve(host: string): Promise<readonly string[]>;
  /** A socket that connects, or is connected, to this address and nothing else. */
  connect(address: string, port: number): Socket;
}

/** The machine's resolver and sockets: this file is the transport adapter. */
export function systemNetwork(): OutboundNetwork {
  return {
    resolve: async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address),
    connect: (address, port) => connect({ host: address, port, autoSelectFamily: false }),
  };
}
