/**
 * The rules that decide what is not said, in both languages. Their names are public: `dsdn deploy --explain` shows them.
 * `{source}` is where it was said or found.
 */
const intentRules = {
  flag: { en: "{source} says so", id: "dinyatakan oleh {source}" },
  "project-file": { en: "{source} says so", id: "dinyatakan di {source}" },
  detected: { en: "the project's files show it: {source}", id: "terlihat dari berkas proyek: {source}" },
  "normal-priority": { en: "normal unless you say otherwise", id: "normal kecuali Anda menyebut lain" },
  "served-is-public": {
    en: "what answers requests is for everybody unless you say otherwise",
    id: "yang menjawab permintaan terbuka untuk semua orang kecuali Anda menyebut lain",
  },
  "batch-is-private": {
    en: "the work of a batch is yours alone unless you say otherwise",
    id: "hasil batch hanya milik Anda kecuali Anda menyebut lain",
  },
  "engine-of-type": { en: "the usual engine of this type", id: "mesin yang lazim untuk tipe ini" },
  "batch-runs-once": {
    en: "a batch runs once and leaves its output",
    id: "batch berjalan sekali dan meninggalkan keluarannya",
  },
  "served-keeps-running": {
    en: "it answers requests until it is replaced or removed",
    id: "menjawab permintaan sampai diganti atau dihapus",
  },
  "ai-near-data-centres": {
    en: "models need fast machines: data centres come first",
    id: "model memerlukan mesin cepat: pusat data didahulukan",
  },
  "high-in-data-centres": {
    en: "high priority: data centres come first",
    id: "prioritas tinggi: pusat data didahulukan",
  },
  "low-tolerates-latency": {
    en: "low priority can wait for slower nodes and leaves data centres to others",
    id: "prioritas rendah dapat menunggu node yang lebih lambat dan menyisakan pusat data bagi yang lain",
  },
  "any-node": { en: "any node will do", id: "node mana pun bisa" },
  "batch-is-spot": {
    en: "a batch takes the room others leave and starts again elsewhere when its node is lost",
    id: "batch memakai ruang yang tersisa dan dimulai lagi di tempat lain bila node-nya hilang",
  },
  "service-is-standard": {
    en: "what answers requests is spread evenly over the nodes",
    id: "yang menjawab permintaan disebar merata ke node-node",
  },
  "limit-of-priority": { en: "what this type gets at this priority", id: "jatah tipe ini pada prioritas ini" },
  "engine-needs-memory": {
    en: "the engine itself needs this much",
    id: "mesinnya sendiri memerlukan sebesar ini",
  },
  "nothing-said": { en: "nothing unless you give it", id: "tidak ada kecuali Anda memberikannya" },
  "private-is-sealed": {
    en: "private: the package is encrypted for the few nodes that may run it",
    id: "privat: paket dienkripsi untuk beberapa node yang boleh menjalankannya",
  },
  "public-is-readable": {
    en: "public: nodes and validators read the package",
    id: "publik: node dan validator membaca paketnya",
  },
  "private-has-no-address": {
    en: "private: no request from outside reaches it",
    id: "privat: tidak ada permintaan dari luar yang sampai kepadanya",
  },
  "batch-has-no-address": { en: "a batch answers no requests", id: "batch tidak menjawab permintaan" },
  "public-has-address": {
    en: "everybody can reach it at its address",
    id: "semua orang dapat membukanya di alamatnya",
  },
  "sealed-when-sent": {
    en: "keys and secrets are sealed when it is sent",
    id: "kunci dan rahasia disegel saat dikirim",
  },
  "input-of-batch": { en: "only a batch reads standard input", id: "hanya batch yang membaca masukan standar" },
  "folder-name": { en: "the name of the folder or file", id: "nama folder atau berkasnya" },
  "first-format": { en: "the only format there is", id: "satu-satunya format yang ada" },
  "not-verified": { en: "results are not checked by other nodes yet", id: "hasil belum diperiksa node lain" },
  "no-schedule": { en: "it starts once, now", id: "dimulai sekali, sekarang" },
} as const;

export type IntentRule = keyof typeof intentRules;

/** One thing that was decided, and why. */
export interface Decision {
  /** A field of the spec such as `limits.memoryBytes`, or what else was chosen: `name`, `package`, `address`, `schedule`. */
  readonly what: string;
  readonly value: string | number | boolean | null | readonly string[];
  readonly rule: IntentRule;
  readonly because: { readonly en: string; readonly id: string };
}

/** @param source - where it was said, for the rules that name a source. */
export function decision(what: string, value: Decision["value"], rule: IntentRule, source = ""): Decision {
  const { en, id } = intentRules[rule];
  return { what, value, rule, because: { en: en.replace("{source}", source), id: id.replace("{source}", source) } };
}
