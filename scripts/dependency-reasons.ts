// Why each package is here. The test of docs/*/dependencies.md fails when a package has no reason.

interface Reason {
  readonly en: string;
  readonly id: string;
}

/** Packages the program runs with; most of their code is inside the bundle. */
export const runtimeReasons: { readonly [name: string]: Reason } = {
  "openid-client": {
    en: "Signs in at an OpenID provider by the device flow, and checks who did at an ingress that asks for it.",
    id: "Masuk di penyedia OpenID lewat alur perangkat, dan memeriksanya di ingress yang memintanya.",
  },
  "acme-client": {
    en: "Fetches certificates for domains by ACME; loaded by an ingress that is told to.",
    id: "Mengambil sertifikat domain lewat ACME; dimuat oleh ingress yang diminta melakukannya.",
  },
  yaml: {
    en: "Reads dsdn.yaml strictly, with bounds on aliases and depth.",
    id: "Membaca dsdn.yaml dengan ketat, dengan batas alias dan kedalaman.",
  },
  pyodide: {
    en: "CPython as WASM, which runs deployed Python scripts.",
    id: "CPython sebagai WASM, yang menjalankan skrip Python hasil deploy.",
  },
  "ipaddr.js": {
    en: "Tells public addresses from private ones before a workload may call them.",
    id: "Membedakan alamat publik dari yang privat sebelum boleh dihubungi beban kerja.",
  },
  "modern-tar": {
    en: "Reads tar archives, checked against their bounds, for dsdn init.",
    id: "Membaca arsip tar, diperiksa terhadap batasnya, untuk dsdn init.",
  },
  fflate: {
    en: "Reads zip archives, checked against their bounds, for dsdn init; writes them on the page of a share link.",
    id: "Membaca arsip zip, diperiksa terhadap batasnya, untuk dsdn init; menulisnya di halaman tautan berbagi.",
  },
  "@bjorn3/browser_wasi_shim": {
    en: "WASI preview 1 on files in memory, under the limits of a workload.",
    id: "WASI preview 1 di atas berkas dalam memori, dengan batas beban kerja.",
  },
  "@bufbuild/protobuf": {
    en: "Encodes and decodes the protobuf messages of the gRPC surface.",
    id: "Menyandi dan membaca pesan protobuf pada permukaan gRPC.",
  },
  "@clack/prompts": {
    en: "Asks questions on a terminal; loaded at the first question.",
    id: "Bertanya di terminal; dimuat saat pertanyaan pertama.",
  },
  "@connectrpc/connect": {
    en: "Speaks and serves gRPC, so existing nodes and agents can exchange chunks with ours.",
    id: "Berbicara dan melayani gRPC, agar node dan agen yang ada dapat bertukar chunk dengan milik kami.",
  },
  "@connectrpc/connect-node": {
    en: "The Node.js transport of the package above.",
    id: "Transport Node.js untuk paket di atas.",
  },
  "@ipld/dag-cbor": {
    en: "Canonical bytes of everything that is signed or hashed.",
    id: "Byte kanonik untuk semua yang ditandatangani atau di-hash.",
  },
  "@jitl/quickjs-wasmfile-release-sync": {
    en: "The pinned QuickJS engine as WASM, which runs deployed JavaScript.",
    id: "Mesin QuickJS terkunci sebagai WASM, yang menjalankan JavaScript hasil deploy.",
  },
  "@napi-rs/keyring": {
    en: "Keeps account keys in the keychain of the operating system; without it an encrypted file is used.",
    id: "Menyimpan kunci akun di keychain sistem operasi; tanpanya dipakai berkas terenkripsi.",
  },
  "@noble/curves": {
    en: "Ed25519, secp256k1 and FROST, audited.",
    id: "Ed25519, secp256k1, dan FROST, sudah diaudit.",
  },
  "@noble/hashes": {
    en: "Hashes and key derivation where Node's own do not fit.",
    id: "Hash dan penurunan kunci saat milik Node tidak cocok.",
  },
  "@nomicfoundation/edr": {
    en: "The EVM engine in process; starts in milliseconds and replays bit for bit.",
    id: "Mesin EVM di dalam proses; mulai dalam milidetik dan dapat diputar ulang bit demi bit.",
  },
  "@oclif/core": {
    en: "Parses flags and arguments of a command; loaded with the command, not at start-up.",
    id: "Membaca flag dan argumen perintah; dimuat bersama perintahnya, bukan saat mulai.",
  },
  "@scure/base": {
    en: "Base32, base58 and bech32 as the key shares and addresses need them.",
    id: "Base32, base58, dan bech32 untuk bagian kunci dan alamat.",
  },
  esbuild: {
    en: "Bundles what a user deploys, and this program itself.",
    id: "Membundel yang di-deploy pengguna, dan program ini sendiri.",
  },
  "hash-wasm": { en: "argon2id for the encrypted key file.", id: "argon2id untuk berkas kunci terenkripsi." },
  mrmime: { en: "Content types of served files.", id: "Jenis isi berkas yang disajikan." },
  multiformats: { en: "Content identifiers (CIDs).", id: "Pengenal isi (CID)." },
  ora: {
    en: "The line that shows a running step on a terminal; loaded when one starts.",
    id: "Baris yang menunjukkan langkah berjalan di terminal; dimuat saat langkah dimulai.",
  },
  "prom-client": { en: "Metrics in the Prometheus text format.", id: "Metrik dalam format teks Prometheus." },
  qr: { en: "QR codes of key shares on paper.", id: "Kode QR bagian kunci di kertas." },
  "quickjs-emscripten-core": { en: "The interface to the QuickJS engine.", id: "Antarmuka ke mesin QuickJS." },
  "shamir-secret-sharing": {
    en: "Splits a key into shares, audited; wrapped so that a wrong share is named.",
    id: "Membagi kunci menjadi bagian, sudah diaudit; dibungkus agar bagian yang salah disebut.",
  },
  "smol-toml": { en: "Reads dsdn.toml.", id: "Membaca dsdn.toml." },
  undici: {
    en: "HTTP with its own connection pools for chunk transfer.",
    id: "HTTP dengan kumpulan koneksi sendiri untuk transfer chunk.",
  },
  ws: { en: "WebSocket to a Celestia node.", id: "WebSocket ke node Celestia." },
  zod: {
    en: "One schema for validation, types, OpenAPI and JSON schemas.",
    id: "Satu skema untuk validasi, tipe, OpenAPI, dan skema JSON.",
  },
};

/** Packages a checkout needs and a user never gets. */
export const developmentReasons: { readonly [name: string]: Reason } = {
  "@arethetypeswrong/cli": {
    en: "Checks that the types of the published package resolve for its importers.",
    id: "Memeriksa bahwa tipe paket yang diterbitkan ditemukan oleh pengimpornya.",
  },
  "@types/oidc-provider": {
    en: "Types of the package oidc-provider.",
    id: "Tipe untuk paket oidc-provider.",
  },
  "oidc-provider": {
    en: "An OpenID provider on loopback, which the tests of dsdn login sign in at.",
    id: "Penyedia OpenID di loopback, tempat pengujian dsdn login masuk.",
  },
  publint: {
    en: "Checks the published package for mistakes importers would meet.",
    id: "Memeriksa paket yang diterbitkan terhadap kesalahan yang akan ditemui pengimpornya.",
  },
  tsnapi: {
    en: "Keeps the report of the library's public types; a change of it fails until it is accepted.",
    id: "Menyimpan laporan tipe publik pustaka; perubahannya gagal sampai diterima.",
  },
  vitepress: {
    en: "Builds the documentation site from docs/. It stands on an older major version of Vite, which only this build runs.",
    id: "Membangun situs dokumentasi dari docs/. Ia memakai versi mayor Vite yang lebih lama, yang hanya berjalan saat build itu.",
  },
  croner: {
    en: "A second reader of cron expressions that the tests compare ours with.",
    id: "Pembaca ungkapan cron kedua sebagai pembanding dalam uji.",
  },
  wabt: {
    en: "Makes hostile WASM modules for the tests from text.",
    id: "Membuat modul WASM berbahaya untuk pengujian dari teks.",
  },
  "onnxruntime-web": {
    en: "Runs ONNX models on WASM; a node that serves models installs it.",
    id: "Menjalankan model ONNX di atas WASM; node yang melayani model memasangnya.",
  },
  assemblyscript: {
    en: "Compiles the WASM programs of the tests.",
    id: "Mengompilasi program WASM untuk pengujian.",
  },
  "@bytecodealliance/preview2-shim": {
    en: "The interfaces of WASI 0.2 that components import; installed with the package above.",
    id: "Antarmuka WASI 0.2 yang diimpor komponen; dipasang bersama paket di atas.",
  },
  "@bytecodealliance/jco-transpile": {
    en: "Turns WASM components into core modules; a node that runs components installs it.",
    id: "Mengubah komponen WASM menjadi modul inti; node yang menjalankan komponen memasangnya.",
  },
  "@biomejs/biome": { en: "Lint and format.", id: "Lint dan format." },
  "@bufbuild/protoc-gen-es": { en: "Generates the protobuf code.", id: "Membuat kode protobuf." },
  "@ethereumjs/vm": {
    en: "A second EVM that the tests compare the first one with.",
    id: "EVM kedua sebagai pembanding dalam uji.",
  },
  "@grpc/grpc-js": {
    en: "A foreign gRPC client that the tests call our server with.",
    id: "Klien gRPC asing yang memanggil server kami dalam uji.",
  },
  "@grpc/proto-loader": {
    en: "Loads the protocol file for that client.",
    id: "Memuat berkas protokol untuk klien itu.",
  },
  "@openzeppelin/contracts": {
    en: "Audited base contracts; their compiled form is committed.",
    id: "Kontrak dasar teraudit; hasil kompilasinya disimpan di repo.",
  },
  "@types/node": { en: "Types of Node.js.", id: "Tipe Node.js." },
  "@types/ws": { en: "Types of ws.", id: "Tipe ws." },
  execa: {
    en: "Runs npm for the tarball, by argument list.",
    id: "Menjalankan npm untuk tarball, lewat daftar argumen.",
  },
  "fast-check": { en: "Property tests.", id: "Uji properti." },
  "playwright-core": {
    en: "Drives a browser in the tests of the web interface.",
    id: "Menjalankan peramban dalam uji antarmuka web.",
  },
  solc: {
    en: "Rebuilds the contracts to compare them with the committed ones.",
    id: "Membangun ulang kontrak untuk dibandingkan dengan yang tersimpan.",
  },
  typescript: { en: "Checks the types.", id: "Memeriksa tipe." },
  viem: {
    en: "A foreign Ethereum library that the tests compare ours with.",
    id: "Pustaka Ethereum lain sebagai pembanding dalam uji.",
  },
  vitest: { en: "Runs the tests.", id: "Menjalankan uji." },
};
