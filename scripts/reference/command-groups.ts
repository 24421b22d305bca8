import type { Text } from "./markdown.ts";

/** A page of commands: which first words stand on it. */
export interface CommandGroup {
  readonly name: string;
  readonly title: Text;
  readonly words: readonly string[];
}

/** The last group takes every command that no other one names. */
export const commandGroups: readonly CommandGroup[] = [
  {
    name: "files",
    title: { en: "Commands for files", id: "Perintah untuk berkas" },
    words: ["upload", "get", "cat", "ls", "stat", "rm", "share", "links", "estimate", "usage"],
  },
  {
    name: "deployments",
    title: { en: "Commands for deployments", id: "Perintah untuk deployment" },
    words: ["init", "deploy", "package", "status", "open", "logs", "exec", "versions", "promote", "rollback", "remove"],
  },
  {
    name: "settings-of-deployments",
    title: { en: "Commands for a deployment's settings", id: "Perintah untuk setelan deployment" },
    words: ["alias", "domains", "env", "secrets"],
  },
  {
    name: "jobs",
    title: { en: "Commands for scheduled scripts", id: "Perintah untuk skrip terjadwal" },
    words: ["jobs"],
  },
  {
    name: "accounts",
    title: { en: "Commands for accounts and keys", id: "Perintah untuk akun dan kunci" },
    words: ["keys", "login", "logout", "session"],
  },
  {
    name: "devnet",
    title: { en: "Commands for the devnet", id: "Perintah untuk devnet" },
    words: ["dev", "demo", "dashboard"],
  },
  {
    name: "networks",
    title: { en: "Commands for networks and settings", id: "Perintah untuk jaringan dan setelan" },
    words: ["network", "config", "verify", "da", "role", "rebuild"],
  },
  {
    name: "help",
    title: { en: "Commands that help", id: "Perintah bantuan" },
    words: [],
  },
];

/** The group of a command. */
export function groupOf(id: string): CommandGroup | undefined {
  const [word = ""] = id.split(" ");
  return commandGroups.find(({ words }) => words.includes(word)) ?? commandGroups.at(-1);
}
