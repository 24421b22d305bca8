/** Why a name is left out of every package, or undefined when it may go in. */
export type SkipReason =
  | "version-control"
  | "dependencies"
  | "secret"
  | "hidden"
  | "project-file"
  | "site-rules"
  | "program-source"
  | "package";

const VERSION_CONTROL = new Set([".git", ".hg", ".svn", ".jj"]);
const DEPENDENCIES = new Set(["node_modules", "bower_components", ".venv", "__pycache__"]);
const PROJECT_FILES = new Set([
  "package.json",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
  "tsconfig.json",
  "dsdn.yaml",
  "dsdn.toml",
]);
const SECRET_NAMES =
  /^(\.env(\..*)?|\.npmrc|\.yarnrc(\.yml)?|\.netrc|\.pypirc|\.htpasswd|\.dockercfg|id_(rsa|dsa|ecdsa|ed25519)(_sk)?)$|\.(pem|key|p12|pfx|jks|keystore|ppk|kdbx|asc|gpg|dsdnkey|dsdnshare)$/i;
const SECRET_FOLDERS = new Set([".ssh", ".gnupg", ".aws", ".docker", ".kube", ".dsdn"]);

/** How the names of packages end that were written to this machine: they never go into the next one. */
export const PACKAGE_ENDING = ".dsdn.tar";

/** A file of this name holds tokens; a folder of it is a page of a site about them. */
const SECRET_FILE = "credentials";

/**
 * Why the entry is not packed, judged by its name alone. Names of files that usually hold keys or tokens are secrets
 * wherever they lie; hidden names are left out, with `.well-known` (RFC 8615) as the exception.
 */
export function findSkipReason(
  name: string,
  { isTop, isFolder }: { readonly isTop: boolean; readonly isFolder: boolean },
): SkipReason | undefined {
  const lower = name.toLowerCase();
  if (VERSION_CONTROL.has(lower)) return "version-control";
  if (DEPENDENCIES.has(lower)) return "dependencies";
  if (SECRET_FOLDERS.has(lower) || SECRET_NAMES.test(name) || (lower === SECRET_FILE && !isFolder)) return "secret";
  if (lower.endsWith(PACKAGE_ENDING)) return "package";
  if (name.startsWith(".") && lower !== ".well-known") return "hidden";
  return isTop && PROJECT_FILES.has(lower) ? "project-file" : undefined;
}

const KEY_HEADER = "-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----";
/** A file that begins so is a key. Further down, also inside a program's text, it is one when a key's digits follow. */
const PRIVATE_KEY = new RegExp(
  `^\\s*${KEY_HEADER}|${KEY_HEADER}(?:\\s|\\\\[nr])*(?:[\\w-]+: [^\\n\\\\]*(?:\\n|\\\\[nr])(?:\\s|\\\\[nr])*){0,8}[A-Za-z0-9+/]{32}`,
);
const OTHER_KEY = /^AGE-SECRET-KEY-1|^PuTTY-User-Key-File/m;

/**
 * True when the first bytes of a file hold a private key in a text form (PEM, OpenSSH, PGP, age). A page or a library
 * that only speaks of such keys is none.
 */
export function looksLikePrivateKey(head: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(head.subarray(0, 4096));
  return PRIVATE_KEY.test(text) || OTHER_KEY.test(text);
}
