import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { texts } from "../../dashboard/texts.ts";
import { useNetwork } from "../cli/network.ts";
import { hasChromium, useChromium, type Visitor } from "./chromium.ts";

const PROGRAM = `export default { fetch(request) {
  console.log("asked for", new URL(request.url).pathname);
  return new Response("hello");
} };`;

describe.skipIf(!hasChromium)("the dashboard, in Chromium", () => {
  const network = useNetwork();
  const newVisitor = useChromium();

  /** Opens the page as `dsdn dashboard` does; what it asks for and complains about is collected. */
  async function open(address?: string): Promise<Visitor & { requests: string[]; url: string }> {
    const url = address ?? String((await network.summary(["dashboard"]))["url"]);
    const visitor = await newVisitor();
    const requests: string[] = [];
    visitor.page.on("request", (request) => requests.push(request.url()));
    await visitor.page.goto(url);
    await visitor.page.locator("[data-node]").first().waitFor();
    return { ...visitor, requests, url };
  }

  const heightOf = async (page: Page) =>
    Number((await page.locator('[data-tile="log"] .value').textContent())?.replaceAll(",", ""));
  /** Until the devnet has named its roles, a place is called by the node's key. */
  const placeOf = async (page: Page, name: string) => {
    const place = page.locator(`[data-deployment="${name}"] td:nth-child(4)`, { hasText: /^node-\d/ });
    return (await place.textContent())?.split(" ")[0] ?? "";
  };

  test("shows every zone, and follows uploads, deployments, their log and the network's log as they come", async () => {
    const { page, context, complaints, requests, url } = await open();
    expect(await page.locator("[data-zone]").count()).toBe(3);
    expect(await page.locator('[data-node][data-status="nodeActive"]').count()).toBe(6);
    await page.locator('[data-panel="objects"] .empty').waitFor();
    const height = await heightOf(page);
    await network.write({ "note.txt": "kept", "hello.js": PROGRAM });
    const { object } = await network.summary(["upload", "note.txt"]);
    await page.locator(`[data-object="${object}"] [data-tone=good]`).waitFor();
    await network.summary(["deploy", "hello.js"]);
    await page.locator('[data-deployment="hello"] [data-tone=good]').waitFor();
    await page.locator('[data-event="WorkloadSubmitted"]', { hasText: "hello" }).waitFor();
    await expect.poll(() => heightOf(page)).toBeGreaterThan(height);
    await page.locator('[data-tile="roots"][data-tone=good]').waitFor();

    await page.locator("#lookup").fill(String(object));
    await page.keyboard.press("Enter");
    await page.locator(".found dd", { hasText: String(object) }).waitFor();

    await context.close();
    const owner = await open();
    await owner.page.locator('[data-deployment="hello"] button').click();
    await owner.page.locator(".output li", { hasText: "asked for /" }).first().waitFor();

    const { origin, hash } = new URL(url);
    const control = `http://127.0.0.1:${/control=(\d+)/.exec(hash)?.[1]}/dashboard/`;
    const all = [...requests, ...owner.requests];
    expect(all.filter((asked) => !asked.startsWith(`${origin}/`) && !asked.startsWith(control))).toEqual([]);
    expect(all.filter((asked) => asked.includes(hash.slice(-32)))).toEqual([]);
    expect(await owner.page.evaluate("[location.hash, localStorage.length, sessionStorage.length]")).toEqual([
      "",
      0,
      0,
    ]);
    expect(await owner.context.cookies()).toEqual([]);
    expect([...complaints, ...owner.complaints]).toEqual([]);
    await owner.context.close();
  });

  test("shows a log that was asked for while the devnet was still letting the page in", async () => {
    const { page, context } = await newVisitor();
    const letIn = Promise.withResolvers<void>();
    await page.route("**/dashboard/session", async (route) => {
      await letIn.promise;
      await route.continue();
    });
    await page.goto(String((await network.summary(["dashboard"]))["url"]));
    await page.locator('[data-deployment="hello"] button').click();
    await page.locator(".versions li").first().waitFor();
    letIn.resolve();
    await page.locator(".output li", { hasText: "asked for /" }).first().waitFor();
    await context.close();
  });

  test("breaks what it is told to, and shows what the network does about it", async () => {
    const { page, context, complaints } = await open();
    await page.locator('[data-deployment="hello"] [data-tone=good]').waitFor();
    const home = await placeOf(page, "hello");
    const other = home === "node-5" ? "node-6" : "node-5";
    await page.locator(`[data-node="${home}"]`).click();
    await page.locator('[data-fault="kill"]').click();
    await page.locator(`[data-node="${home}"][data-status="nodeStopped"]`).waitFor();
    await page.locator('[data-panel="faults"] [role=status]', { hasText: home }).waitFor();
    await page.locator('[data-event="NodeSuspected"]', { hasText: home }).first().waitFor();
    // The log gives its work to another node, and the page shows where.
    const place = page.locator('[data-deployment="hello"] td:nth-child(4)');
    await place.filter({ hasText: /^node-/, hasNotText: home }).waitFor();
    await page.locator('[data-tile="nodes"][data-tone=warn]').waitFor();

    await page.locator("#fault-role").selectOption(other);
    await page.locator('[data-fault="corrupt"]').click();
    await page.locator(`[data-role="${other}"][data-verdict="differs"]`).waitFor();
    await page.locator('[data-tile="roots"][data-tone=bad]').waitFor();
    await page.locator("#fault-role").selectOption("da");
    await page.locator('[data-fault="kill"]').click();
    await page.locator('[data-tile="da"][data-tone=bad]').waitFor();

    await page.locator('[data-key="heal"]').click();
    await page.locator('[data-tile="da"][data-tone=good]').waitFor();
    await page.locator('[data-tile="roots"][data-tone=good]').waitFor();
    await page.locator('[data-tile="nodes"][data-tone=good]').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("says that the ingress is away, keeps what it showed, and goes on once it is back", async () => {
    const { page, context } = await open();
    await page.locator("#fault-role").selectOption("ingress");
    await page.locator('[data-fault="kill"]').click();
    await page.locator("header [role=status]", { hasText: texts.away.en }).waitFor();
    expect(await page.locator("[data-node]").count()).toBe(6);
    // Who has read on below sees it too, no green promises what nobody knows, and a search does not claim "no such id".
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    const banner = await page.locator("header [role=status]").boundingBox();
    expect(banner?.y).toBeGreaterThanOrEqual(0);
    expect(await page.evaluate("getComputedStyle(document.querySelector('main')).filter")).toBe("grayscale(1)");
    await page.locator("#lookup").fill("ab".repeat(32));
    await page.keyboard.press("Enter");
    await page.locator(".found", { hasText: texts.lookupAway.en }).waitFor();
    await page.locator('[data-key="heal"]').click();
    await page.locator("header [role=status]", { hasText: texts.away.en }).waitFor({ state: "detached" });
    const height = await heightOf(page);
    await network.write({ "back.txt": `written at ${height}` });
    const { object } = await network.summary(["upload", "back.txt"]);
    await page.locator(`[data-object="${object}"] [data-tone=good]`).waitFor();
    await expect.poll(() => heightOf(page)).toBeGreaterThan(height);
    await context.close();
  });

  test("goes on after answers that break off or that come from something else on the way", async () => {
    const { page, context } = await open();
    let broken = 0;
    await page.route("**/v1/**", async (route) => {
      broken += 1;
      await route.fulfill({ status: 200, contentType: "text/html", body: broken % 2 === 0 ? "<p>Sign in" : "{}" });
    });
    await page.locator("header [role=status]", { hasText: texts.away.en }).waitFor();
    await page.waitForRequest(/\/v1\/status/);
    await page.unrouteAll({ behavior: "wait" });
    await page.locator("header [role=status]", { hasText: texts.away.en }).waitFor({ state: "detached" });
    await network.write({ "after.txt": "written after the break" });
    const { object } = await network.summary(["upload", "after.txt"]);
    await page.locator(`[data-object="${object}"] [data-tone=good]`).waitFor();
    await context.close();
  });

  test("plays nothing on a devnet that is gone, and says how to open its next run", async () => {
    const { page, context } = await open();
    const panel = page.locator('[data-panel="faults"]');
    await panel.locator("[data-fault=kill]:not([aria-disabled])").waitFor();
    await page.route("**/dashboard/roles", (route) => route.abort());
    await panel.getByText(texts.controlGone.en).waitFor();
    await panel.getByText("dsdn dashboard", { exact: true }).waitFor();
    expect(await panel.locator("button:not([aria-disabled=true]):not(.quiet)").count()).toBe(0);
    await page.unrouteAll({ behavior: "wait" });
    await panel.locator("[data-fault=kill]:not([aria-disabled])").waitFor();
    await context.close();
  });

  test("has a name for every region and table, and announces a verdict on the roots once, not at every height", async () => {
    const { page, context } = await open();
    await page.locator('[data-tile="roots"][data-tone=good]').waitFor();
    for (const name of ["log", "roots", "zones", "faults", "objects", "deployments"]) {
      const heading = (await page.locator(`[data-panel="${name}"] h2`).textContent()) ?? "";
      expect(await page.getByRole("region", { name: heading, exact: true }).count(), name).toBe(1);
    }
    const tables = await page.getByRole("table").count();
    expect(tables).toBeGreaterThan(0);
    expect(await page.locator("table[aria-labelledby]").count()).toBe(tables);
    expect(await page.locator("th:empty").count()).toBe(0);
    const verdict = page.locator('[data-panel="roots"] [role=status]');
    expect(await verdict.textContent()).toBe(texts.agree.en);
    expect(await page.locator("[data-panel=roots] [aria-live]").count()).toBe(0);
    await context.close();
  });

  test("speaks both languages, fits a telephone and a wide screen, light and dark", async () => {
    const { page, context } = await open();
    const backgrounds = new Set<unknown>();
    for (const [width, language, colorScheme] of [
      [390, "id", "dark"],
      [390, "en", "light"],
      [1600, "id", "light"],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.locator(`.languages [lang=${language}]`).click();
      await page.getByRole("heading", { name: texts.zones[language], exact: true }).waitFor();
      const read = (expression: string) => page.evaluate(expression);
      expect(await read("document.documentElement.lang")).toBe(language);
      expect(await read("document.documentElement.scrollWidth")).toBe(width);
      const headings = await page.locator("section h2").allTextContents();
      const known = ["log", "roots", "da", "nodes", "objects", "deployments", "zones", "faults", "logTitle"] as const;
      expect(headings.filter((heading) => !known.some((name) => texts[name][language] === heading))).toEqual([]);
      backgrounds.add(await read("getComputedStyle(document.body).backgroundColor"));
    }
    expect(backgrounds.size).toBe(2);
    await context.close();
  });

  test("can be used by keyboard while it redraws itself", async () => {
    const { page, context } = await open();
    await page.locator('[data-node="node-4"]').focus();
    await page.keyboard.press("Enter");
    await page.locator('[data-node="node-4"][aria-pressed=true]').waitFor();
    const height = await heightOf(page);
    await network.write({ "another.txt": `other than before: ${height}` });
    const { object } = await network.summary(["upload", "another.txt"]);
    await page.locator(`[data-object="${object}"] [data-tone=good]`).waitFor();
    expect(await page.evaluate("document.activeElement.dataset.node")).toBe("node-4");
    await context.close();
  });

  test("takes names for text, whatever is in them, and follows no address but that of a page", async () => {
    const hostile = `<img src=x onerror="document.title='taken'">`;
    const visitor = await newVisitor();
    const { page } = visitor;
    const url = String((await network.summary(["dashboard"]))["url"]).split("#")[0] ?? "";
    await page.route("**/v1/deployments?*", async (route) => {
      const answer = await route.fetch();
      const json = await answer.json();
      const [first] = json.details.deployments;
      const deployments = [{ ...first, name: hostile, url: "javascript:document.title='taken'" }];
      await route.fulfill({ response: answer, json: { ...json, details: { ...json.details, deployments } } });
    });
    await page.goto(url);
    const row = page.locator("[data-deployment]");
    expect(await row.locator("td").first().textContent()).toBe(hostile);
    expect(await page.locator("img, [data-panel=deployments] a").count()).toBe(0);
    expect(await page.title()).not.toBe("taken");
    expect(visitor.complaints).toEqual([]);
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await visitor.context.close();
  });

  test("shows of very many nodes those that need looking at, and counts the rest", async () => {
    const { page, context } = await newVisitor();
    await page.route("**/v1/nodes?*", async (route) => {
      const answer = await route.fetch();
      const json = await answer.json();
      const [first] = json.details.nodes;
      const made = (_: unknown, at: number) => ({
        ...first,
        node: at.toString(16).padStart(64, "0").split("").reverse().join(""),
        zone: `zone-${at % 2}`,
        httpUrl: `http://127.0.0.1:1/${at}`,
        status: at === 1_999 ? "suspended" : "active",
      });
      await route.fulfill({
        response: answer,
        json: { ...json, details: { nodes: Array.from({ length: 2_000 }, made) } },
      });
    });
    await page.goto(String((await network.summary(["dashboard"]))["url"]));
    await page.locator('[data-zone="zone-1"] [data-node]').first().waitFor();
    expect(await page.locator("[data-node]").count()).toBe(48);
    expect(await page.locator('[data-zone="zone-1"] [data-node]').first().getAttribute("data-status")).toBe(
      "nodeSuspended",
    );
    await page.locator('[data-zone="zone-0"]', { hasText: texts.logMore.en.replace("{count}", "976") }).waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await context.close();
  });

  test("has controls for whoever was given a code, once; says how to get one, and nothing of it elsewhere", async () => {
    const { context, url } = await open();
    await context.close();
    const again = await open(url);
    const panel = again.page.locator('[data-panel="faults"]');
    await panel.getByText(texts.faultsSpent.en).waitFor();
    expect(await panel.locator("[data-fault]").count()).toBe(0);
    await again.page.goto(url.split("#")[0] ?? "");
    await panel.getByText(texts.faultsLocked.en).waitFor();
    // Nobody but its owner reads a log: without the code there is the command that does.
    await again.page.locator('[data-deployment="hello"] button').click();
    await again.page.getByText("dsdn logs hello -f").waitFor();
    await again.page.route("**/v1/network?*", async (route) => {
      const answer = await route.fetch();
      const json = await answer.json();
      await route.fulfill({ response: answer, json: { ...json, details: { ...json.details, stage: "pilot" } } });
    });
    await again.page.reload();
    await again.page.locator("h1", { hasText: "devnet" }).waitFor();
    expect(await panel.isHidden()).toBe(true);
    await again.page.unrouteAll({ behavior: "ignoreErrors" });
    await again.context.close();
  });
});
