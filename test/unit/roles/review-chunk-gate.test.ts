import { expect, onTestFinished, test } from "vitest";
import { createHttpServer } from "../../../src/base/index.ts";
import { createChunkGate } from "../../../src/roles/surface/index.ts";

test("only so many whole chunks are held for readers at once, and a reader that is served or leaves makes room", async () => {
  const gate = createChunkGate(2);
  const held: (() => void)[] = [];
  let over = 0;
  const server = createHttpServer(
    { name: "chunks", host: "127.0.0.1", port: 0 },
    {
      routes: [
        {
          method: "GET",
          path: "/chunk",
          handle: async (request) => {
            gate.enter(request);
            request.onOver(() => over++);
            await new Promise<void>((resolve) => held.push(resolve));
            return { body: "a chunk" };
          },
        },
      ],
    },
  );
  onTestFinished(() => server.stop());
  await server.start();
  const ask = async (signal?: AbortSignal) =>
    (await fetch(new URL("/chunk", server.url), signal === undefined ? {} : { signal })).status;
  const leaving = new AbortController();
  const left = ask(leaving.signal).catch(() => "left");
  await expect.poll(() => held.length).toBe(1);
  const served = ask();
  await expect.poll(() => held.length).toBe(2);
  expect(await ask()).toBe(503);
  leaving.abort();
  expect(await left).toBe("left");
  await expect.poll(() => over).toBe(1);
  const next = ask();
  await expect.poll(() => held.length).toBe(3);
  expect(await ask()).toBe(503);
  held[1]?.();
  expect(await served).toBe(200);
  await expect.poll(() => over).toBe(2);
  const last = ask();
  await expect.poll(() => held.length).toBe(4);
  for (const finish of held) finish();
  expect(await Promise.all([next, last])).toEqual([200, 200]);
});
