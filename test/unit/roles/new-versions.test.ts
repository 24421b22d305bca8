import { expect, test } from "vitest";
import { createHttpServer } from "../../../src/base/index.ts";
import { createNewVersions } from "../../../src/roles/ingress/new-versions.ts";

/** A node that answers whether it runs a workload, and counts how often it is asked. */
async function withNode(isReady: boolean, work: (node: { url: string; asked: () => number }) => Promise<void>) {
  let asked = 0;
  const handle = () => {
    asked += 1;
    return { json: { isReady } };
  };
  const routes = [{ method: "GET", path: "/v1/workloads/{id}/ready", handle } as const];
  const server = createHttpServer({ name: "node", host: "127.0.0.1", port: 0 }, { routes });
  await server.start();
  try {
    await work({ url: server.url, asked: () => asked });
  } finally {
    await server.stop();
  }
}

test("a version that its node answers for becomes ready, is not asked for again, and can be forgotten", async () => {
  await withNode(true, async (node) => {
    const versions = createNewVersions();
    const version = { workload: "w2", nodeUrl: node.url };
    await expect.poll(() => versions.isReady(version)).toBe(true);
    expect([versions.isReady(version), node.asked()]).toEqual([true, 1]);
    versions.forget("w2");
    expect(versions.isReady(version)).toBe(false);
  });
});

test("a version that its node does not run yet is asked for again and again, and is never ready", async () => {
  await withNode(false, async (node) => {
    const versions = createNewVersions();
    const isReady: boolean[] = [];
    await expect
      .poll(() => {
        isReady.push(versions.isReady({ workload: "w2", nodeUrl: node.url }));
        return node.asked();
      })
      .toBeGreaterThanOrEqual(3);
    expect(isReady).not.toContain(true);
  });
});

test("a node that is gone makes nothing ready and nothing fail", async () => {
  const nodeUrl = await new Promise<string>((resolve) => {
    void withNode(true, async ({ url }) => resolve(url));
  });
  const versions = createNewVersions();
  expect(versions.isReady({ workload: "w2", nodeUrl })).toBe(false);
});
