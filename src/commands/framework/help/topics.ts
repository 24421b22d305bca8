import type { Text } from "../../../ui/index.ts";

/** What the first words of grouped commands stand for. A build fails when a used topic is missing here. */
export const topics: { readonly [topic: string]: Text } = {
  domains: { en: "Host names of a deployment's own.", id: "Nama host milik deployment sendiri." },
  alias: { en: "Further addresses of a deployment.", id: "Alamat lain sebuah deployment." },
  da: { en: "The data-availability log.", id: "Log ketersediaan data." },
  dev: { en: "A network of your own on this machine.", id: "Jaringan milik sendiri di mesin ini." },
  "dev clock": { en: "The clock of the devnet.", id: "Jam devnet." },
  env: { en: "Environment values of a deployment.", id: "Nilai lingkungan sebuah deployment." },
  jobs: { en: "Scripts that run once or by a schedule.", id: "Skrip yang berjalan sekali atau menurut jadwal." },
  keys: { en: "Account keys and their shares.", id: "Kunci akun dan bagiannya." },
  links: { en: "Share links of yours.", id: "Tautan berbagi Anda." },
  network: { en: "Networks you know by name.", id: "Jaringan yang Anda kenal menurut nama." },
  config: { en: "Settings and where they come from.", id: "Setelan dan dari mana asalnya." },
  role: { en: "One role of the network, alone.", id: "Satu peran jaringan, berdiri sendiri." },
  secrets: { en: "Secrets of a deployment, sealed.", id: "Rahasia sebuah deployment, tersegel." },
  session: { en: "Session keys you give to CI.", id: "Kunci sesi yang Anda berikan ke CI." },
  verify: { en: "Check what the network claims.", id: "Periksa apa yang dinyatakan jaringan." },
};
