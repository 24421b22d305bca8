import type { Text } from "../../../ui/index.ts";

/** Commands that belong together, by their first words, in the order in which they are shown. */
export interface CommandGroup {
  /** Of the page of the reference. */
  readonly name: string;
  /** Of that page. */
  readonly title: Text;
  /** In the overview of `dsdn --help`. */
  readonly heading: Text;
  readonly words: readonly string[];
}

/** The last group takes every command that no other one names. */
export const commandGroups: readonly CommandGroup[] = [
  {
    name: "files",
    title: { en: "Commands for files", id: "Perintah untuk berkas" },
    heading: { en: "Files", id: "Berkas" },
    words: ["upload", "get", "cat", "ls", "stat", "rm", "share", "links", "estimate", "usage"],
  },
  {
    name: "deployments",
    title: { en: "Commands for deployments", id: "Perintah untuk deployment" },
    heading: { en: "Deployments", id: "Deployment" },
    words: ["init", "deploy", "package", "status", "open", "logs", "exec", "versions", "promote", "rollback", "remove"],
  },
  {
    name: "settings-of-deployments",
    title: { en: "Commands for a deployment's settings", id: "Perintah untuk setelan deployment" },
    heading: { en: "Settings of a deployment", id: "Setelan sebuah deployment" },
    words: ["alias", "domains", "env", "secrets"],
  },
  {
    name: "jobs",
    title: { en: "Commands for scheduled scripts", id: "Perintah untuk skrip terjadwal" },
    heading: { en: "Scheduled scripts", id: "Skrip terjadwal" },
    words: ["jobs"],
  },
  {
    name: "accounts",
    title: { en: "Commands for accounts and keys", id: "Perintah untuk akun dan kunci" },
    heading: { en: "Account and keys", id: "Akun dan kunci" },
    words: ["keys", "login", "logout", "session"],
  },
  {
    name: "devnet",
    title: { en: "Commands for the devnet", id: "Perintah untuk devnet" },
    heading: { en: "A network on this machine", id: "Jaringan di mesin ini" },
    words: ["dev", "demo", "dashboard"],
  },
  {
    name: "networks",
    title: { en: "Commands for networks and settings", id: "Perintah untuk jaringan dan setelan" },
    heading: { en: "Networks and settings", id: "Jaringan dan setelan" },
    words: ["network", "config", "verify", "da", "role", "rebuild"],
  },
  {
    name: "help",
    title: { en: "Commands that help", id: "Perintah bantuan" },
    heading: { en: "Help", id: "Bantuan" },
    words: [],
  },
];

/** The group of a command. */
export function groupOf(id: string): CommandGroup | undefined {
  const [word = ""] = id.split(" ");
  return commandGroups.find(({ words }) => words.includes(word)) ?? commandGroups.at(-1);
}
