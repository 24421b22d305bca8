import { spawn } from "node:child_process";

type Environment = { readonly [name: string]: string | undefined };

/**
 * True once the system's opener took the address; false where there is none or no screen to show it on.
 * @param url - http or https; it is an argument of its own, never part of a command line.
 */
export function openInBrowser(url: string, env: Environment): Promise<boolean> {
  const command = openerOf(process.platform, env);
  if (command === undefined || !/^https?:\/\//.test(url)) return Promise.resolve(false);
  const [program, ...args] = command;
  // A browser lives on and has no business with a session or a token.
  const others = Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:DSDN|DA)_/i.test(name)));
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], { stdio: "ignore", detached: true, env: others });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

function openerOf(platform: NodeJS.Platform, env: Environment): readonly [string, ...string[]] | undefined {
  if (platform === "darwin") return ["open"];
  // `start` is a word of the shell; this opens an address without one.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? ["xdg-open"] : undefined;
}
