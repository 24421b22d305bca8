import { formatLabel } from "./format.ts";
import type { Text } from "./texts.ts";

const indonesian: { readonly [name: string]: string } = {
  author: "penulis",
  availability: "ketersediaan",
  blobCommitment: "komitmen blob",
  build: "membangun",
  chainRpc: "RPC rantai",
  chunks: "potongan",
  commitment: "komitmen",
  commitments: "komitmen",
  deployment: "deployment",
  durableAfter: "aman setelah",
  files: "berkas",
  inclusion: "inklusi",
  latency: "latensi",
  log: "log",
  logLag: "jeda log",
  manifest: "manifes",
  network: "jaringan",
  nodes: "node",
  object: "objek",
  owner: "pemilik",
  package: "paket",
  position: "posisi",
  publishedAfter: "tercatat setelah",
  schedule: "menjadwalkan",
  sent: "dikirim",
  sentChunks: "potongan dikirim",
  sequence: "urutan",
  stage: "tahap",
  stored: "tersimpan",
  took: "lamanya",
  upload: "mengunggah",
  wait: "menunggu",
  workload: "beban kerja",
};

/** What a detail of a result is called; a name without a translation stays as it is. */
export function labelOf(name: string): Text {
  const en = formatLabel(name);
  return { en, id: indonesian[name.replace(/(Bytes|Ms|Url)$/, "")] ?? en };
}
