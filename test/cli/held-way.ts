import { createServer, connect as open, type Socket } from "node:net";
import { pipeline, Transform } from "node:stream";

/** A way to a server on this machine that lets no more through than was said. */
export interface HeldWay {
  readonly url: string;
  /** So many bytes, to and fro, from the beginning on; what comes after them waits. */
  allow(bytes: number): void;
  close(): Promise<void>;
}

/**
 * Opens a way to `target` on which nothing passes before `allow`: a transfer over it is no further than its test says,
 * however fast the machine is or however long the test itself had to wait for its turn.
 */
export async function openHeldWay(target: string): Promise<HeldWay> {
  let allowed = 0;
  let passed = 0;
  let more = Promise.withResolvers<void>();
  const gate = () =>
    new Transform({
      transform: async (chunk: Buffer, _encoding, done) => {
        while (passed >= allowed) await more.promise;
        passed += chunk.length;
        done(null, chunk);
      },
    });
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = open(Number(new URL(target).port), "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    // Either end may go at any time: the other is closed with it.
    pipeline(near, gate(), far, () => near.destroy());
    pipeline(far, gate(), near, () => far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    allow: (bytes) => {
      allowed = bytes;
      more.resolve();
      more = Promise.withResolvers();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
