import type { Text } from "./markdown.ts";

/** What each operation of an ingress returns, in Indonesian; the English text is the one of its OpenAPI document. */
export const operationTexts: { readonly [operation: string]: string } = {
  createLink:
    "Menyimpan separuh tautan berbagi; isinya permintaan yang ditandatangani kunci sesi milik pemilik (base64).",
  listLinks:
    "Tautan berbagi milik seorang pemilik yang disimpan ingress ini atau baru saja berakhir; isinya permintaan bertanda tangan.",
  revokeLink: "Mengakhiri tautan berbagi seketika; isinya permintaan bertanda tangan.",
  link: "Separuh kunci tautan berbagi dan yang disegel dengan kedua separuhnya; 410 bila tautannya sudah berakhir.",
  session: "Yang boleh dilakukan sebuah kunci sesi bagi dompetnya, dan yang sudah dilakukannya.",
  ownerSessions: "Kunci sesi sebuah dompet, urut menurut kunci (kueri `after`, `limit` paling banyak 1000).",
  log: "Ketinggian terbaru log beserta peristiwanya, dari yang terlama (kueri `after` sebuah ketinggian, `limit` paling banyak 200); menunggu hingga `waitMs` untuk yang setelah `after`. Mundur sampai 60 ketinggian sebelum ingress ini mulai, paling banyak 500 ketinggian.",
  newestObjects:
    "Berapa objek yang disimpan, dan yang terakhir diterbitkan, dari yang terbaru (kueri `limit` paling banyak 100).",
  newestDeployments:
    "Berapa deployment yang ada, dan yang terakhir dibuat, dari yang terbaru (kueri `limit` paling banyak 100).",
  stateAgreement:
    "Akar keadaan menurut ingress ini, koordinatornya, dan paling banyak 64 node pada satu ketinggian, sesuai jawaban masing-masing. Ditanyakan lagi paling sering setiap dua detik.",
  network: "Jaringan yang dilayani ingress ini: genesis, ketinggian, waktu log, dan akar keadaan.",
  status: "Kesehatan jaringan menurut ingress ini.",
  nodes: "Semua node terdaftar.",
  stateRoot: "Akar keadaan pada sebuah ketinggian (kueri `height`, bawaannya yang terbaru).",
  stateLeaf: "Satu daun keadaan (kueri `path`) dengan bukti bahwa ia ada atau tidak ada.",
  heightProof:
    "Blob jaringan pada sebuah ketinggian lapisan ketersediaan data, dengan bukti terhadap akar data bloknya.",
  author: "Urutan berikutnya milik seorang penulis, di log dan beserta yang masih di jalan.",
  owner: "Keterangan log tentang sebuah dompet: nonce izin berikutnya, byte yang dipakai dan yang boleh dipakai.",
  submitEvents: "Membawa peristiwa bertanda tangan ke log; menjawab saat sebuah pengirim menyimpannya dengan awet.",
  eventOutcome: "Nasib sebuah peristiwa; menunggu log hingga `waitMs`.",
  putChunk:
    "Menyimpan isi permintaan sebagai potongan dengan izin unggah di `dsdn-lease` (base64); menjawab setelah dua zona mengakui.",
  findChunks: "Potongan mana yang sudah tersimpan di dua zona.",
  publishObject:
    "Menyimpan manifes beserta permintaan terbit (peristiwa ObjectPublished bertanda tangan) dan membawa peristiwanya ke log.",
  object: "Satu objek.",
  ownerObjects: "Objek sebuah dompet menurut id (kueri `after`, `limit` paling banyak 1000).",
  pointer: "Tujuan sebuah penunjuk; `root` kosong (null) bila belum pernah ditetapkan.",
  deployment: "Satu deployment dengan versi-versinya, dari yang terbaru.",
  ownerDeployments: "Deployment milik sebuah dompet.",
  workload: "Satu run atau versi; dengan `waitMs`, segera setelah statusnya lain dari `seen`.",
  jobSpec: "Yang dijalankan sebuah jadwal dan kapan, seperti diajukan pemiliknya, dalam byte kanonis.",
  workloadSpec: "Spesifikasi sebuah run atau versi seperti diajukan pemiliknya, dalam byte kanonis.",
};

/** Routes outside the ingress's OpenAPI document, by method and path. */
export const routeTexts: { readonly [route: string]: Text } = {
  "GET /health": {
    en: "Whether the role works, and what is wrong with it; 503 when something is.",
    id: "Apakah peran bekerja, dan apa yang salah; 503 bila ada yang salah.",
  },
  "GET /ready": { en: "Answers once the role serves.", id: "Menjawab begitu peran melayani." },
  "GET /system/info": {
    en: "Role, network, height and state root.",
    id: "Peran, jaringan, ketinggian, dan akar keadaan.",
  },
  "GET /metrics": { en: "Metrics for Prometheus.", id: "Metrik untuk Prometheus." },
  "GET /v1/state/root": {
    en: "The state root this role computed at a height (query `height`).",
    id: "Akar keadaan hasil hitungan peran ini pada sebuah ketinggian (kueri `height`).",
  },
  "GET /v1/state/leaf": {
    en: "One leaf of the state (query `path`) with its proof.",
    id: "Satu daun keadaan (kueri `path`) dengan buktinya.",
  },
  "GET /openapi.json": {
    en: "The operations of an ingress as OpenAPI 3.1.",
    id: "Operasi ingress sebagai OpenAPI 3.1.",
  },
  "GET /v1/chunks/{chunk}": {
    en: "The stored bytes of a chunk, checked against their hash; one `Range` is honoured.",
    id: "Byte tersimpan sebuah potongan, dicocokkan dengan hash-nya; satu `Range` dilayani.",
  },
  "GET /v1/workloads/{workload}/logs": {
    en: "The log of a workload for its owner, a JSON line each; `follow=1` goes on.",
    id: "Log sebuah beban kerja untuk pemiliknya, satu baris JSON tiap entri; `follow=1` terus mengikuti.",
  },
  "GET /links/{link}": {
    en: "The page that opens a share link in a browser.",
    id: "Halaman yang membuka tautan berbagi di peramban.",
  },
  "GET /object/{hash}": {
    en: "On an ingress the bytes of a chunk, on a coordinator what the log says of it.",
    id: "Di ingress byte sebuah potongan, di koordinator keterangan log tentangnya.",
  },
  "POST /claim": {
    en: "Older interface: refused, as no receipts are settled.",
    id: "Antarmuka lama: ditolak, karena tanda terima tidak diselesaikan.",
  },
  "POST /fraud-proof": {
    en: "Older interface: refused, as no receipts are settled.",
    id: "Antarmuka lama: ditolak, karena tanda terima tidak diselesaikan.",
  },
  "GET /fraud-proofs": { en: "Older interface: an empty list.", id: "Antarmuka lama: daftar kosong." },
  "GET /receipt/{hash}": {
    en: "Older interface: says that there is no such receipt.",
    id: "Antarmuka lama: menyatakan tanda terima itu tidak ada.",
  },
  "POST /receipts/status": {
    en: "Older interface: the same for up to 100 receipts.",
    id: "Antarmuka lama: sama, untuk paling banyak 100 tanda terima.",
  },
  "GET /rewards/validators": { en: "Older interface: a balance of 0.", id: "Antarmuka lama: saldo 0." },
  "GET /rewards/treasury": { en: "Older interface: a balance of 0.", id: "Antarmuka lama: saldo 0." },
  "GET /rewards/{address}": { en: "Older interface: a balance of 0.", id: "Antarmuka lama: saldo 0." },
  "GET /fallback/status": {
    en: "Whether another data-availability layer stands in: it does not.",
    id: "Apakah lapisan ketersediaan data lain menggantikan: tidak.",
  },
  "GET /fallback/pending": {
    en: "What waits to return from the other layer: nothing.",
    id: "Yang menunggu kembali dari lapisan lain: tidak ada.",
  },
  "GET /fallback/consistency": {
    en: "Whether both layers say the same: nothing is compared.",
    id: "Apakah kedua lapisan sama: tidak ada yang dibandingkan.",
  },
  "GET /v1/pending/workloads": {
    en: "Workloads on their way to the log (query `after`), so that validators examine them early; waits up to `waitMs`.",
    id: "Beban kerja yang sedang menuju log (kueri `after`), agar validator memeriksanya lebih awal; menunggu hingga `waitMs`.",
  },
  "GET /v1/authors/{key}": {
    en: "The next sequence of an author.",
    id: "Urutan berikutnya milik seorang penulis.",
  },
  "GET /nodes": { en: "Every node of the log.", id: "Semua node menurut log." },
  "GET /node/{id}": { en: "One node.", id: "Satu node." },
  "GET /node/{id}/stats": {
    en: "How many chunks and workloads the log gives it.",
    id: "Berapa potongan dan beban kerja yang diberikan log kepadanya.",
  },
  "GET /placement/{hash}": {
    en: "Which nodes should hold a chunk (query `rf`).",
    id: "Node mana yang semestinya memegang sebuah potongan (kueri `rf`).",
  },
  "GET /da/metrics": {
    en: "Health of data availability and what was posted.",
    id: "Kesehatan ketersediaan data dan yang sudah dikirim.",
  },
  "GET /da/routing": { en: "The namespace that is posted to.", id: "Namespace tujuan pengiriman." },
  "GET /da/status": { en: "Health of data availability.", id: "Kesehatan ketersediaan data." },
  "GET /info": { en: "Who the node is.", id: "Identitas node." },
  "GET /status": {
    en: "The same with its height and the number of workloads.",
    id: "Sama, ditambah ketinggian dan jumlah beban kerjanya.",
  },
  "GET /state": { en: "Height and number of chunks of the node.", id: "Ketinggian dan jumlah potongan node." },
  "GET /state/fallback": {
    en: "Whether another data-availability layer stands in: it does not.",
    id: "Apakah lapisan ketersediaan data lain menggantikan: tidak.",
  },
  "GET /state/assignments": {
    en: "The workloads the log assigns to the node.",
    id: "Beban kerja yang ditugaskan log kepada node.",
  },
  "PUT /storage/chunk": {
    en: "Stores the body as a chunk under a lease; answers with a signed acknowledgement.",
    id: "Menyimpan isi permintaan sebagai potongan dengan izin unggah; menjawab dengan pengakuan bertanda tangan.",
  },
  "PUT /chunks": { en: "The same.", id: "Sama." },
  "GET /storage/chunk/{hash}": { en: "The bytes of a chunk.", id: "Byte sebuah potongan." },
  "GET /chunks/{hash}": { en: "The same.", id: "Sama." },
  "GET /storage/has/{hash}": { en: "Whether the chunk is here.", id: "Apakah potongan itu ada di sini." },
  "GET /has/{hash}": { en: "The same.", id: "Sama." },
  "GET /storage/stats": { en: "Number and bytes of the chunks.", id: "Jumlah dan byte potongan." },
  "POST /storage/manifest": {
    en: "Stores a manifest with its publish request.",
    id: "Menyimpan manifes beserta permintaan terbitnya.",
  },
  "GET /storage/publish-request/{hash}": {
    en: "The publish request kept beside a manifest.",
    id: "Permintaan terbit yang disimpan di samping sebuah manifes.",
  },
  "GET /v1/workloads/{workload}/ready": {
    en: "Whether the workload answers here.",
    id: "Apakah beban kerja itu menjawab di sini.",
  },
  "GET /audit": { en: "The verdicts of this validator.", id: "Putusan validator ini." },
  "GET /v1/chain": { en: "How the chain stands.", id: "Keadaan rantai." },
};

/** Routes whose path is no plain text in the code. */
export const furtherRoutes: { readonly [role: string]: readonly string[] } = {
  surface: ["GET /metrics"],
  ingress: ["GET /v1/chunks/{chunk}", "GET /v1/workloads/{workload}/logs", "GET /links/{link}", "GET /openapi.json"],
};
