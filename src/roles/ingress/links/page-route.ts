import type { Route } from "../../../base/index.ts";
import { ownPageRoute } from "../own-page.ts";

/**
 * `GET /links/{link}`: the page that opens a share link in a browser. It is the same for every link: which one it is
 * about stands in the address bar, and the secret half there is never sent here.
 */
export function linkPageRoute(): Route {
  return ownPageRoute({
    path: "/links/{link}",
    load: async () => {
      const { linkPageScript: script, linkPageStyle: style } = await import("../link-page.generated.ts");
      return { script, style };
    },
    body: BODY,
  });
}

const NO_SCRIPT = {
  en: "This page decrypts in your browser and needs JavaScript. In a terminal: ",
  id: "Halaman ini mendekripsi di peramban Anda dan memerlukan JavaScript. Di terminal: ",
} as const;

const COMMAND = "<code>dsdn get --link-file link.txt</code>";
const BODY = [
  "<header id=top><strong>DSDN</strong></header><main id=main>",
  `<noscript><p lang=en>${NO_SCRIPT.en}${COMMAND}</p><p lang=id>${NO_SCRIPT.id}${COMMAND}</p></noscript></main>`,
].join("");
