import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { useNetwork } from "../cli/network.ts";
import { hasChromium, useChromium } from "./chromium.ts";

/** What a bundler writes: absolute addresses, names by content, a module loaded on demand. */
const bundled = {
  "shop/dist/index.html": `<!doctype html><html lang=en><meta charset=utf-8><title>Shop</title>
<link rel="icon" href="/logo.svg"><link rel="stylesheet" crossorigin href="/assets/index-D3f9aQ2x.css">
<script type="module" crossorigin src="/assets/index-Bx3f9aQ2.js"></script><div id="app"></div>`,
  "shop/dist/logo.svg": `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>`,
  "shop/dist/assets/index-D3f9aQ2x.css": "#app { color: rgb(1, 2, 3) }",
  "shop/dist/assets/index-Bx3f9aQ2.js": `const { text } = await import("/assets/lazy-C8aQ2xD3.js");
document.querySelector("#app").textContent = text;`,
  "shop/dist/assets/lazy-C8aQ2xD3.js": `export const text = "open";`,
};

const plain = {
  "notes/index.html":
    `<!doctype html><html lang=id><meta charset=utf-8><title>Catatan</title><link rel="icon" href="data:,">
<a href="halaman dua – résumé.html">dua</a> <img alt="" src="gambar/ombak 海 #1.svg?v=1">`.replace("#1", "%231"),
  "notes/halaman dua – résumé.html": `<!doctype html><meta charset=utf-8><title>Halaman dua</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="gaya/warna utama.css"><p>isi`,
  "notes/gaya/warna utama.css": "p { color: rgb(4, 5, 6) }",
  "notes/gambar/ombak 海 #1.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"><path d="M0 0h7v7z"/></svg>`,
};

const victim = {
  "bank/index.html": `<!doctype html><meta charset=utf-8><title>Bank</title><link rel="icon" href="data:,"><p id=secret>balance`,
};

const hostile = {
  "evil/index.html": `<!doctype html><meta charset=utf-8><title>Evil</title><link rel="icon" href="data:,">`,
  "evil/sw.js": `addEventListener("fetch", (event) => event.respondWith(new Response("taken over")));`,
  "evil/upload.html": `<!doctype html><meta charset=utf-8><title>Upload</title><link rel="icon" href="data:,"><p>a page somebody stored`,
  "evil/image.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">
<script>document.documentElement.setAttribute("data-origin", String(self.origin))</script></svg>`,
};

/** A program whose answers set a cookie for every deployment at once. */
const greedy = {
  "greedy/index.js": `export default { fetch: () => new Response("<!doctype html><title>Greedy</title>", {
  headers: { "content-type": "text/html", "set-cookie": "taken=1; Domain=localhost; Path=/" } }) };`,
};

/** Everything a page could try against the interface and against a neighbour; each says what it got. */
const attack = (page: Page, targets: { api: string; neighbour: string }): Promise<Record<string, unknown>> =>
  page.evaluate(`(async ({ api, neighbour }) => {
    const attempt = async (work) => {
      try {
        return await work();
      } catch (error) {
        return error.name;
      }
    };
    const frame = document.createElementNS("http://www.w3.org/1999/xhtml", "iframe");
    frame.src = neighbour;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    document.documentElement.append(frame);
    await loaded;
    const post = (type) => ({ method: "POST", body: "{}", headers: { "content-type": type } });
    return {
      origin: self.origin,
      readApi: await attempt(async () => (await fetch(api + "/v1/network")).status),
      writeApi: await attempt(async () => (await fetch(api + "/v1/events", post("text/plain"))).status),
      sendJson: await attempt(async () => (await fetch(api + "/v1/events", post("application/json"))).status),
      readNeighbour: await attempt(() => frame.contentWindow.document.body.textContent),
      storage: await attempt(() => localStorage.getItem("secret")),
      cookie: await attempt(() => {
        document.cookie = "planted=1; domain=localhost; path=/";
        return document.cookie;
      }),
    };
  })(${JSON.stringify(targets)})`);

/** Registers a service worker and waits until it rules; gives its scope, or the name of the error. */
const registerWorker = (page: Page, script: string): Promise<string> =>
  page.evaluate(`(async (url) => {
    try {
      const { scope } = await navigator.serviceWorker.register(url);
      await navigator.serviceWorker.ready;
      return new URL(scope).pathname;
    } catch (error) {
      return error.name;
    }
  })(${JSON.stringify(script)})`);

const colorOf = (page: Page, selector: string): Promise<string> =>
  page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).color`);

describe.skipIf(!hasChromium)("in Chromium", () => {
  const network = useNetwork();
  const visitor = useChromium();
  const urls: Record<string, string> = {};
  const shared: Record<string, string> = {};
  let api = "";

  beforeAll(async () => {
    await network.write({ ...bundled, ...plain, ...victim, ...hostile, ...greedy });
    for (const [name, folder] of Object.entries({
      shop: "shop/dist",
      notes: "notes",
      bank: "bank",
      evil: "evil",
      greedy: "greedy",
    })) {
      const { url, fallbackUrl } = await network.summary(["deploy", folder, "--name", name]);
      urls[name] = String(url);
      shared[name] = String(fallbackUrl);
    }
    api = new URL(shared["bank"] ?? "").origin;
  });

  test("a bundled site with absolute addresses runs at its own host", async () => {
    const { page, context, complaints } = await visitor();
    await page.goto(urls["shop"] ?? "");
    await page.getByText("open", { exact: true }).waitFor();
    const color = await colorOf(page, "#app");
    expect({ color, complaints }).toEqual({ color: "rgb(1, 2, 3)", complaints: [] });
    await context.close();
  });

  test.each(["own host", "path of the shared address"])(
    "names with spaces and letters of any script work at its %s",
    async (where) => {
      const { page, context, complaints } = await visitor();
      await page.goto((where === "own host" ? urls : shared)["notes"] ?? "");
      expect(await page.evaluate(`document.querySelector("img").naturalWidth`)).toBe(7);
      await page.getByRole("link", { name: "dua" }).click();
      await page.waitForURL(/r%C3%A9sum%C3%A9\.html$/);
      const color = await colorOf(page, "p");
      expect({ title: await page.title(), color }).toEqual({ title: "Halaman dua", color: "rgb(4, 5, 6)" });
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  describe.each(["upload.html", "image.svg"])("a hostile deployment's %s", (file) => {
    const REFUSED = {
      readApi: "TypeError",
      writeApi: "TypeError",
      sendJson: "TypeError",
      readNeighbour: "SecurityError",
    };

    test("at its own host reaches neither the interface nor another deployment", async () => {
      const { page, context } = await visitor();
      await page.goto(urls["bank"] ?? "");
      await page.evaluate(`localStorage.setItem("secret", "1234"); document.cookie = "session=bank; path=/"`);
      await page.goto(`${urls["evil"]}${file}`);
      const found = await attack(page, { api, neighbour: urls["bank"] ?? "" });
      expect(found).toEqual({ origin: new URL(urls["evil"] ?? "").origin, ...REFUSED, storage: null, cookie: "" });
      await page.goto(urls["bank"] ?? "");
      expect(await page.evaluate("document.cookie")).toBe("session=bank");
      await context.close();
    });

    test("below the shared address has no origin, hence no storage, cookies or worker", async () => {
      const { page, context } = await visitor();
      await context.addCookies([{ name: "session", value: "interface", url: api }]);
      await page.goto(`${shared["evil"]}${file}`);
      const found = await attack(page, { api, neighbour: shared["bank"] ?? "" });
      expect(found).toEqual({ origin: "null", ...REFUSED, storage: "SecurityError", cookie: "SecurityError" });
      expect(await registerWorker(page, `${shared["evil"]}sw.js`)).toBe("SecurityError");
      expect((await context.cookies(api)).map(({ name }) => name)).toEqual(["session"]);
      await context.close();
    });
  });

  test("a cookie that an answer sets for the parent domain stays with its deployment", async () => {
    const { page, context } = await visitor();
    await page.goto(urls["greedy"] ?? "");
    const held = (await context.cookies()).map(({ name, domain }) => ({ name, domain }));
    expect(held).toEqual([{ name: "taken", domain: new URL(urls["greedy"] ?? "").hostname }]);
    await page.goto(urls["bank"] ?? "");
    expect(await page.evaluate("document.cookie")).toBe("");
    await context.close();
  });

  test("a service worker rules its own deployment only", async () => {
    const { page, context } = await visitor();
    await page.goto(urls["evil"] ?? "");
    expect(await registerWorker(page, "/sw.js")).toBe("/");
    await page.reload();
    expect(await page.textContent("body")).toBe("taken over");
    for (const url of [urls["bank"], shared["bank"], shared["evil"]]) {
      await page.goto(url ?? "");
      expect(await page.title()).not.toBe("");
    }
    await context.close();
  });

  test("at the address of the node that runs it a deployment has no origin either", async () => {
    const { page, context } = await visitor();
    const { deployment } = await network.summary(["status", "evil"]);
    const { current } = deployment as { current: string };
    const { roles } = await network.summary(["dev", "status"]);
    const origins: unknown[] = [];
    for (const { name, url } of roles as { name: string; url: string }[]) {
      if (!name.startsWith("node-")) continue;
      const answer = await page.goto(`${url}/w/${current}/upload.html`);
      if (answer?.status() === 200) origins.push(await page.evaluate("self.origin"));
    }
    expect(origins).toEqual(["null"]);
    await context.close();
  });

  test("a script inside an SVG runs with no origin below the shared address", async () => {
    const { page, context } = await visitor();
    await page.goto(`${shared["evil"]}image.svg`);
    expect(await page.locator("svg").getAttribute("data-origin")).toBe("null");
    await context.close();
  });

  test("a person who follows a dead link reads why, in both languages", async () => {
    const { page, context } = await visitor();
    for (const address of [new URL(urls["bank"] ?? "").href.replace(/\/\/[^.]+/, "//nobody"), `${api}/d/nobody/`]) {
      const answer = await page.goto(address);
      expect(answer?.status()).toBe(404);
      expect(await page.locator("section[lang=en] h1, section[lang=id] h1").count()).toBe(2);
      expect(await page.textContent("footer")).toBe("DSDN_INGRESS_DEPLOYMENT_MISSING");
    }
    await context.close();
  });
});
