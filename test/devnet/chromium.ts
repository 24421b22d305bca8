import { existsSync } from "node:fs";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

const CHROMIUM = "/usr/bin/chromium";
const SWITCHES = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A limit for what hangs, not for what is slow: a node that fell silent is missed after seconds, on a busy machine some more. */
const HANGS_MS = 180_000;

/** False on a machine without Debian's chromium: it has no browser to ask. `.ci/run` installs it where it can. */
export const hasChromium = existsSync(CHROMIUM);

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page wrote as an error, or threw. */
  readonly complaints: string[];
}

/** Starts a browser before the tests of this file and ends it after them. @returns makes a new visitor of it. */
export function useChromium(): (options?: BrowserContextOptions) => Promise<Visitor> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const { chromium } = await import("playwright-core");
    browser = await chromium.launch({ executablePath: CHROMIUM, args: SWITCHES, timeout: HANGS_MS });
  });
  afterAll(async () => browser?.close());
  return async (options = {}) => {
    if (browser === undefined) throw new Error("the browser did not start");
    const context = await browser.newContext(options);
    context.setDefaultTimeout(HANGS_MS);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    return { page, context, complaints };
  };
}
