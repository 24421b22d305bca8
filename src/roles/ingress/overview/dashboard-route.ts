import type { Route } from "../../../base/index.ts";
import { ownPageRoute } from "../own-page.ts";

/** Where an ingress serves its dashboard, on its own host only. */
const DASHBOARD_PATH = "/dashboard";

/**
 * The page that shows the network as this ingress sees it. It reads what anybody may read.
 *
 * @param options.isDevnet - lets the page reach ports of this machine: the control port of a devnet is one. Who may do
 * something there is that port's own matter.
 */
export function dashboardRoute({ isDevnet }: { readonly isDevnet: boolean }): Route {
  return ownPageRoute({
    path: DASHBOARD_PATH,
    load: async () => {
      const { dashboardScript: script, dashboardStyle: style } = await import("../dashboard.generated.ts");
      return { script, style };
    },
    body: BODY,
    connects: isDevnet ? ["http://127.0.0.1:*"] : [],
  });
}

const NO_SCRIPT = {
  en: "This page follows the network live and needs JavaScript. In a terminal: ",
  id: "Halaman ini mengikuti jaringan secara langsung dan memerlukan JavaScript. Di terminal: ",
} as const;

const COMMAND = "<code>dsdn status</code>";
const BODY = [
  "<div id=app></div>",
  `<noscript><p lang=en>${NO_SCRIPT.en}${COMMAND}</p><p lang=id>${NO_SCRIPT.id}${COMMAND}</p></noscript>`,
].join("");
