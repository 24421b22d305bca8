import { createServer, type Server } from "node:net";
import { DEFAULT_PORTS } from "../src/protocol/index.ts";

/**
 * Holds the network's usual ports while the tests run. Test files run side by side; a devnet that is stopped and
 * started again must find its ports free, and only numbers that every other devnet would choose first are in danger.
 */
export async function setup(): Promise<() => Promise<void>> {
  const held = await Promise.all(Object.values(DEFAULT_PORTS).map(hold));
  return async () => {
    await Promise.all(held.map((server) => new Promise((resolve) => server?.close(resolve) ?? resolve(undefined))));
  };
}

// Somebody else may have the port; then no devnet of the tests gets it either.
function hold(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
