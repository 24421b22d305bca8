/** Indonesian words for the things that errors name as facts; see `reasons.ts`. A word that stays needs no line. */
export const termLines = `
address | alamat
bytes | byte
bytes of source code | byte kode sumber
chain batch | kumpulan blok
chain genesis | genesis rantai
checkpoint | titik simpan
cipher key | kunci sandi
cipher nonce | nonce sandi
coordinator | koordinator
derived key | kunci turunan
digest | ringkasan
Ed25519 public key | kunci publik Ed25519
Ed25519 seed | benih Ed25519
entries | entri
event | peristiwa
events | peristiwa
file | berkas
file key | kunci berkas
files | berkas
files in {} | berkas di {}
folder | folder
folders inside folders | folder bertingkat
genesis document | dokumen genesis
height | ketinggian
index | indeks
journal entry | entri jurnal
journal record | catatan jurnal
key commitment | komitmen kunci
key to split | kunci yang dibagi
leaf | daun
link content | isi tautan
link request | permintaan tautan
local index | indeks lokal
lock | mengunci
log pass | izin baca log
log request | permintaan log
make | membuat
Merkle leaf key | kunci daun Merkle
new | baru
object leaf | daun objek
object listing | daftar isi objek
object manifest | manifes objek
outbox record | catatan kotak keluar
package | paket
package manifest | manifes paket
password salt | garam kata sandi
payload key | kunci muatan
publish request | permintaan terbit
read | membaca
recent memory | ingatan terbaru
schedule | jadwal
sealed part | bagian tersegel
session | sesi
session file | berkas sesi
session names | nama sesi
share link | tautan berbagi
starting | sedang dimulai
state proof | bukti state
storage acknowledgement | bukti simpan
symbolic link | tautan simbolis
socket | soket
device | perangkat
pipe | pipa
The coordinator | Koordinator
The network | Jaringan
The node that runs this deployment | Node yang menjalankan deployment ini
The outbox | Kotak keluar
The reader | Pembaca
The sign-in provider | Penyedia masuk
the body | isinya
the path | jalurnya
upload lease | izin unggah
value | nilai
wallet key | kunci dompet
watch | mengamati
workload spec | spesifikasi beban kerja
write | menulis
write to | menulis ke
`;
