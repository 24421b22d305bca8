import { readFile } from "node:fs/promises";
import { unzipSync } from "fflate";
import type { BrowserContextOptions, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { useNetwork } from "../cli/network.ts";
import { hasChromium, useChromium } from "./chromium.ts";
import { makeBytes } from "./devnet-fixture.ts";

/** The smallest picture that has a size. */
const PICTURE = "R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==";
const HOSTILE = "<img src=x onerror=alert(1)>.txt";
const TEXT = makeBytes(3_000_000, "page").toString();

describe.skipIf(!hasChromium)("the page behind a share link, in Chromium", () => {
  const network = useNetwork();
  const openVisitor = useChromium();

  beforeAll(async () => {
    await network.write({
      "album/text.txt": TEXT,
      [`album/sub/${HOSTILE}`]: "a name that is markup",
      "album/private/other.txt": "not shared",
    });
    const { writeFile } = await import("node:fs/promises");
    await writeFile(`${network.folder}/album/sub/dot.gif`, Buffer.from(PICTURE, "base64"));
    await network.summary(["upload", "album"]);
  });

  const share = async (...args: string[]) => {
    const { url, link } = await network.summary(["share", ...args]);
    return { url: String(url), link: String(link) };
  };

  /** A new visitor of the address; its requests are collected. */
  async function visit(url: string, options: BrowserContextOptions = {}, prepare?: (page: Page) => Promise<unknown>) {
    const { page, context, complaints } = await openVisitor(options);
    const requests: string[] = [];
    page.on("request", (request) => requests.push(`${request.url()} ${JSON.stringify(request.headers())}`));
    await prepare?.(page);
    const answer = await page.goto(url);
    const state = async () => {
      await page.locator("main[data-state] h1").waitFor();
      return page.locator("main").getAttribute("data-state");
    };
    return { page, context, requests, complaints, answer, state };
  }

  /** The bytes the browser saves after the button was pressed. */
  async function saved(page: Page, press: () => Promise<void>): Promise<Buffer> {
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    return readFile(await download.path());
  }

  test("opens a folder, saves a file byte for byte, asks its own ingress alone and never sends the secret", async () => {
    const { url } = await share("album");
    const { page, context, requests, complaints, state } = await visit(url);
    expect(await state()).toBe("open");
    expect(await page.locator(".path").allTextContents()).toEqual([
      "private/other.txt",
      `sub/${HOSTILE}`,
      "sub/dot.gif",
      "text.txt",
    ]);
    const bytes = await saved(page, () => page.getByRole("button", { name: "Download text.txt" }).click());
    expect(bytes.equals(Buffer.from(TEXT))).toBe(true);
    await page.locator("[role=status][data-state=saved]").waitFor();
    const { origin, hash } = new URL(url);
    const elsewhere = requests.filter((line) => !line.startsWith(`${origin}/`) && !line.startsWith("blob:"));
    expect([elsewhere, requests.filter((line) => line.includes(hash.slice(1))), complaints]).toEqual([[], [], []]);
    expect(requests.some((line) => line.includes("/v1/chunks/"))).toBe(true);
    await context.close();
  });

  test("shows names as text and pictures in place, by keyboard too", async () => {
    const { url } = await share("album/sub");
    const { page, context, complaints, state } = await visit(url);
    expect(await state()).toBe("open");
    expect(await page.locator(".path").allTextContents()).toEqual([HOSTILE, "dot.gif"]);
    expect(await page.locator("main img").count()).toBe(0);
    await page.getByRole("button", { name: "Preview dot.gif" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("main img").waitFor();
    // It has its place in the page before its bytes are read.
    await page.evaluate(`document.querySelector("main img").decode()`);
    expect(await page.evaluate(`document.querySelector("main img").naturalWidth`)).toBe(1);
    expect(await page.locator("main img").getAttribute("src")).toMatch(/^blob:/);
    await page.getByRole("button", { name: `Download ${HOSTILE}` }).focus();
    const bytes = await saved(page, () => page.keyboard.press("Enter"));
    expect([bytes.toString(), complaints]).toEqual(["a name that is markup", []]);
    await context.close();
  });

  test("saves a whole folder as one archive whose names are safe on any system", async () => {
    const { url } = await share("album");
    const { page, context, complaints, state } = await visit(url);
    expect(await state()).toBe("open");
    const press = () => page.getByRole("button", { name: "Download everything (zip)" }).click();
    const entries = Object.entries(unzipSync(await saved(page, press)));
    expect(entries.map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")])).toEqual(
      [
        ["private/other.txt", Buffer.from("not shared")],
        ["sub/_img src=x onerror=alert(1)_.txt", Buffer.from("a name that is markup")],
        ["sub/dot.gif", Buffer.from(PICTURE, "base64")],
        ["text.txt", Buffer.from(TEXT)],
      ].map(([name, bytes]) => [name, bytes?.toString("base64")]),
    );
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("speaks the reader's language, switches, and fits a small screen, light and dark", async () => {
    const { url } = await share("album");
    const small = { viewport: { width: 360, height: 740 }, locale: "id-ID", colorScheme: "dark" } as const;
    const { page, context, state } = await visit(url, small);
    expect(await state()).toBe("open");
    await page.getByRole("button", { name: "Unduh text.txt" }).waitFor();
    const dark = await page.evaluate(`getComputedStyle(document.body).backgroundColor`);
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("button", { name: "Download text.txt" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("en");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await page.emulateMedia({ colorScheme: "light" });
    expect(await page.evaluate(`getComputedStyle(document.body).backgroundColor`)).not.toBe(dark);
    await context.close();
  });

  test("says what is wrong with a link: half damaged, cut off, unknown, revoked, expired", async () => {
    const { url } = await share("album");
    const revoked = await share("album");
    await network.summary(["links", "revoke", revoked.link]);
    const brief = await share("album", "--expires", "30s");
    await network.summary(["dev", "clock", "advance", "1m"]);
    const damaged = `${url.slice(0, -1)}${url.endsWith("A") ? "Q" : "A"}`;
    for (const [address, state] of [
      [damaged, "incompleteTitle"],
      [url.slice(0, -4), "incompleteTitle"],
      [url.split("#")[0] ?? "", "incompleteTitle"],
      [url.replace(/links\/[^#]*/, `links/${"a".repeat(26)}`), "unknownTitle"],
      [revoked.url, "revokedTitle"],
      [brief.url, "expiredTitle"],
    ] as const) {
      const visited = await visit(address);
      expect(await visited.state()).toBe(state);
      expect(await visited.page.locator("button.primary").count()).toBe(0);
      await visited.context.close();
    }
  });

  test("says that the network is away, and opens the link once it is back", async () => {
    const { url } = await share("album");
    const { page, context, state } = await visit(url, {}, (fresh) =>
      fresh.route("**/v1/links/*", (route) => route.abort()),
    );
    expect(await state()).toBe("awayTitle");
    await page.unroute("**/v1/links/*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("main[data-state=open]").waitFor();
    await context.close();
  });

  test("saves nothing when a byte of a chunk was changed on the way", async () => {
    const { url } = await share("album/text.txt");
    const { page, context, state } = await visit(url);
    expect(await state()).toBe("open");
    await page.route("**/v1/chunks/*", async (route) => {
      const answer = await route.fetch();
      const body = await answer.body();
      body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
      await route.fulfill({ response: answer, body });
    });
    let downloads = 0;
    page.on("download", () => downloads++);
    await page.getByRole("button", { name: "Download text.txt" }).click();
    await page.locator("[role=status][data-state=damagedTitle]").waitFor();
    expect(downloads).toBe(0);
    await page.unroute("**/v1/chunks/*");
    const bytes = await saved(page, () => page.getByRole("button", { name: "Download text.txt" }).click());
    expect(bytes.equals(Buffer.from(TEXT))).toBe(true);
    await context.close();
  });

  test("stops a download that is cancelled", async () => {
    const { url } = await share("album/text.txt");
    const { page, context, state } = await visit(url);
    expect(await state()).toBe("open");
    const held = Promise.withResolvers<void>();
    await page.route("**/v1/chunks/*", async (route) => {
      await held.promise;
      await route.abort().catch(() => {});
    });
    await page.getByRole("button", { name: "Download text.txt" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator("[role=status][data-state=cancelled]").waitFor();
    expect(await page.locator("progress").count()).toBe(0);
    held.resolve();
    await context.close();
  });
});
