/**
 * Indonesian words for the reasons that errors carry as facts, one a line: English, a bar, Indonesian. `{}` stands for
 * what is named in both. A test finds the reasons of the rooms that speak to users and asks for a line of each.
 */
export const reasonLines = `
{} bytes are more than a program takes at once | {} byte melebihi yang dapat diterima program sekaligus
{} bytes of all users | {} byte dari semua pengguna
{} bytes, not {} | {} byte, bukan {}
{} cannot be bundled | {} tidak dapat dibundel
{} is a device on Windows | {} adalah nama perangkat di Windows
{} is not in the manifest | {} tidak ada di manifes
{} is not in the package | {} tidak ada di paket
{} is not offered | {} tidak ditawarkan
{} is not the signed one | {} bukan yang ditandatangani
{} is too large | {} terlalu besar
{} links of all users | {} tautan dari semua pengguna
{} other requests are open | {} permintaan lain masih terbuka
a {} package has no program for it | paket {} tidak punya program untuk itu
a browser must not guess the type of a file | peramban tidak boleh menebak jenis berkas
a chunk does not match its id | sebuah potongan tidak cocok dengan id-nya
a chunk is still open | sebuah potongan masih terbuka
a chunk stands in it twice | sebuah potongan tercantum dua kali
a component answers requests; it cannot be a batch | komponen menjawab permintaan; tidak dapat menjadi batch
a deployment has at most {} | deployment memiliki paling banyak {}
a field stands before the first path | ada bidang sebelum jalur pertama
a file has a link target | sebuah berkas punya tujuan tautan
a file has no hash | sebuah berkas tidak punya hash
a header field is unfit for HTTP | sebuah bidang header tidak sesuai HTTP
a link needs a target, and only a link has one | tautan perlu tujuan, dan hanya tautan yang punya
a model serves requests, it does not run once | model melayani permintaan, tidak berjalan sekali saja
a name in it is not UTF-8 | sebuah nama di dalamnya bukan UTF-8
a name in it is written in an encoding it does not name | sebuah nama di dalamnya memakai pengodean yang tidak disebut
a name is 1 to 255 letters, digits, dots, dashes and underscores, in parts between slashes | nama berisi 1 sampai 255 huruf, angka, titik, tanda hubung, dan garis bawah, dalam bagian yang dipisah garis miring
a part ends with a dot or a space, which Windows drops | sebuah bagian berakhir dengan titik atau spasi, yang dibuang Windows
a part is longer than {} bytes | sebuah bagian lebih panjang dari {} byte
a part is too large | sebuah bagian terlalu besar
a part of it is not base64 | sebagiannya bukan base64
a private deployment keeps nothing in the open | deployment privat tidak menyimpan apa pun secara terbuka
a value has at most {} bytes, this one has {} | nilai paling banyak {} byte, yang ini {}
a value holds no zero byte | nilai tidak boleh berisi byte nol
a value is Unicode text | nilai harus teks Unicode
a written chunk did not read back the same | potongan yang ditulis terbaca berbeda
all files together are over {} bytes | semua berkas bersama-sama melebihi {} byte
all secrets together have {} bytes, more than {} | semua rahasia bersama-sama {} byte, melebihi {}
an acknowledgement is false: {} | sebuah pengakuan palsu: {}
an acknowledgement is for a chunk the object does not have | sebuah pengakuan menyangkut potongan yang bukan bagian objek
an invalid address | alamat yang tidak sah
another account deployed it | akun lain yang men-deploy
another encoding is shorter | ada pengodean lain yang lebih pendek
another link has this id | tautan lain memakai id ini
body | isinya terputus
crashed | proses berhenti mendadak
cut off | terpotong
damaged | rusak
data availability is not connected | ketersediaan data tidak tersambung
ended early | berakhir terlalu cepat
event {} of the blob | peristiwa {} dari blob
fetch | tidak tersambung
finished in {}, exit code {} | selesai dalam {}, kode keluar {}
exit code {} | kode keluar {}
hash must be 64 lower-case hex digits | hash harus 64 digit heksadesimal huruf kecil
has a placeholder in its host name | memuat penanda di nama host-nya
has a query or fragment, and a file has none | memuat kueri atau fragmen, padahal berkas tidak punya
has more than {} placeholders | memuat lebih dari {} penanda
holds a placeholder that is not :name with letters, digits and _ | memuat penanda yang bukan :nama dengan huruf, angka, dan _
holds a segment that is not allowed | memuat segmen yang tidak diizinkan
holds a user name or password | memuat nama pengguna atau kata sandi
holds an empty segment, . or .. | memuat segmen kosong, . atau ..
holds more than one * | memuat lebih dari satu *
HTTP status {} | status HTTP {}
is a field of the network | adalah bidang milik jaringan
is another site, and only files of this one can be answered with | adalah situs lain, padahal hanya berkas situs ini yang dapat dijawabkan
is empty | kosong
is missing | tidak ada
is neither a path nor a web address | bukan jalur dan bukan alamat web
is not a path that begins with / | bukan jalur yang diawali /
is not a valid URL path | bukan jalur URL yang sah
is not JSON | bukan JSON
is not on the log | tidak ada di log
is not the name of a field | bukan nama bidang
is not written as a URL | tidak ditulis sebagai URL
is set by the network alone | hanya ditetapkan oleh jaringan
it answered with an upgrade | ia menjawab dengan peralihan protokol
it answers with a redirect, which the program does not want | ia menjawab dengan pengalihan, yang tidak diinginkan program
it begins in the future | mulainya di masa depan
it begins like a private key | awalnya seperti kunci privat
it begins with a web address; rules are for paths of this site | diawali alamat web; aturan berlaku untuk jalur situs ini
it belongs to another network | milik jaringan lain
it brings {} files of {} bytes, at most {} of {} are mounted | membawa {} berkas berisi {} byte, paling banyak {} berisi {} yang dipasang
it cannot be decoded | tidak dapat dibaca
it cannot be read | tidak dapat dibaca
it carries no proof for a state root | tidak memuat bukti untuk akar keadaan
it carries no valid token | tidak membawa token yang sah
it closed the connection | ia menutup sambungan
it comes from another web site | datang dari situs web lain
a newer version or its owner ended it | versi yang lebih baru atau pemiliknya mengakhirinya
{} bytes are more than the {} a program may take at once | {} byte melebihi {} byte yang dapat diterima program sekaligus
it does not know this question | pertanyaan ini tidak dikenalnya
unfit answer to {} | jawaban untuk {} tidak sesuai
unfit header in the answer | ada header yang tidak sesuai di jawabannya
it does not begin like a WebAssembly file | awalnya bukan berkas WebAssembly
it does not export {} | tidak mengekspor {}
it does not export wasi:http/incoming-handler 0.2 | tidak mengekspor wasi:http/incoming-handler 0.2
it does not lead to the state root beside it | tidak menuju akar keadaan di sampingnya
it does not match its schema | tidak sesuai skemanya
it differs from {} only in case or in how letters are composed | berbeda dari {} hanya pada huruf besar-kecil atau cara huruf disusun
it exports neither _start (a command) nor _initialize (a reactor) | tidak mengekspor _start (perintah) maupun _initialize (reaktor)
it failed on the way | gagal di perjalanan
it has a character that Windows does not allow | memuat karakter yang tidak diizinkan Windows
it has a key or an envelope without the other | punya kunci atau amplop tanpa pasangannya
it has an empty part | memuat bagian kosong
it has another format version | versi formatnya lain
it has ended before it begins | berakhir sebelum dimulai
it has expired | sudah kedaluwarsa
it has no default export to answer requests with | tidak punya ekspor default untuk menjawab permintaan
it has no listing | tidak punya daftar isi
it has no valid header | tidak punya header yang sah
it has the part {} | memuat bagian {}
it holds a link | memuat tautan
it holds a NUL character | memuat karakter NUL
it holds a number that is no whole number | memuat angka yang bukan bilangan bulat
it holds a slash | memuat garis miring
it holds an integer above 2^53; amounts are byte strings | memuat bilangan bulat di atas 2^53; jumlah ditulis sebagai byte
it holds an undefined value | memuat nilai yang tidak ada isinya
it holds files that were not signed | memuat berkas yang tidak ditandatangani
it imports {}, and only {} is there | mengimpor {}, padahal yang ada hanya {}
it is a component, not a core module | itu komponen, bukan modul inti
it is a core module, not a component | itu modul inti, bukan komponen
it is a folder with content | itu folder yang ada isinya
it is a link or a device | itu tautan atau perangkat
it is a link, and links are not followed | itu tautan, dan tautan tidak diikuti
it is a pipe, a socket or a device | itu pipa, soket, atau perangkat
it is absolute | jalurnya mutlak
it is called differently in two places | namanya berbeda di dua tempat
it is cut off | terpotong
it is damaged | rusak
it is empty | kosong
it is encrypted | terenkripsi
it is for another chunk | untuk potongan lain
it is for another network | untuk jaringan lain
it is for another publish request | untuk permintaan terbit lain
it is longer than {} bytes | lebih panjang dari {} byte
it is more than \`from to status\`; conditions and query parameters do not exist here | lebih dari \`dari ke status\`; syarat dan parameter kueri tidak ada di sini
it is nested too deeply | bersarang terlalu dalam
it is no checkpoint | bukan titik simpan
it is no tar archive, or is damaged: {} | bukan arsip tar, atau rusak: {}
it is no WebAssembly, or is cut off | bukan WebAssembly, atau terpotong
it is no ZIP archive, or is cut off | bukan arsip ZIP, atau terpotong
it is not a file, or it is a link | bukan berkas, atau sebuah tautan
it is not a receipt of version 1 | bukan tanda terima versi 1
it is not as long as it says | panjangnya tidak seperti yang tertulis
it is not base64 | bukan base64
it is not hexadecimal | bukan heksadesimal
it is not JSON | bukan JSON
it is not \`Name: value\` | bukan \`Nama: nilai\`
it is not the network's | bukan milik jaringan
it is of the ZIP64 format | berformat ZIP64
it is one of more than {} fields of one path | satu jalur punya lebih dari {} bidang
it is one part of several | hanya satu dari beberapa bagian
it is packed in a way that is not known here | dikemas dengan cara yang tidak dikenal di sini
it is sealed in a public object, or open in a sealed one | tersegel di objek publik, atau terbuka di objek tersegel
it is starting | sedang dimulai
it is starting or stopping | sedang dimulai atau dihentikan
it is stopped | sudah berhenti
it is there already and is not a folder | sudah ada dan bukan folder
it is there twice | ada dua kali
it is there twice, as {} | ada dua kali, sebagai {}
it is too long | terlalu panjang
it is too old, or from the future | terlalu lama, atau dari masa depan
it is twice there or out of order | ada dua kali atau urutannya salah
it lasts longer than 365 days | berlaku lebih dari 365 hari
it lasts too long | berlaku terlalu lama
it lies deeper than {} folders | letaknya lebih dalam dari {} folder
it lies in a chunk that does not exist | letaknya di potongan yang tidak ada
it looks like a CID | bentuknya seperti CID
it names itself as a chunk | menyebut dirinya sebagai potongan
it names no target | tidak menyebut tujuan
it names one chunk in two ways | menyebut satu potongan dengan dua cara
it proves a place on the log and names none | membuktikan tempat di log tanpa menyebutnya
it reaches beyond a chunk | melewati batas potongan
it redirects more than {} times | ia mengalihkan lebih dari {} kali
it redirects to something that is no address | ia mengalihkan ke sesuatu yang bukan alamat
it refused the connection | ia menolak sambungan
it says it is one file and is not | mengaku satu berkas padahal bukan
it shares its bytes with another entry | byte-nya dipakai bersama entri lain
it took too long | terlalu lama
it unpacks to more than {} bytes | isinya melebihi {} byte setelah dibuka
it unpacks to more than it says | isinya melebihi yang tertulis setelah dibuka
it was made for another network | dibuat untuk jaringan lain
its address holds a name or password | alamatnya memuat nama atau kata sandi
its address is not on the public internet | alamatnya tidak berada di internet publik
its answer is larger than {} bytes | jawabannya lebih besar dari {} byte
its answer is no state root | jawabannya bukan akar keadaan
its answer is too large once it is unpacked | jawabannya terlalu besar setelah dibuka
its bill of materials is another one | daftar komponennya berbeda
its certificate is not accepted | sertifikatnya tidak diterima
its checksum does not fit | jumlah periksanya tidak cocok
its code is not UTF-8 text | kodenya bukan teks UTF-8
its content is damaged | isinya rusak
its digest is not the one in the network's genesis | digest-nya bukan yang tercantum di genesis jaringan
its directory is cut off | direktorinya terpotong
its directory is damaged | direktorinya rusak
its entry is missing | titik masuknya tidak ada
its envelope cannot be read ({}) | amplopnya tidak dapat dibaca ({})
its header fields are more than {} bytes | bidang headernya melebihi {} byte
its Host header is not one of this service | header Host-nya bukan milik layanan ini
its leaf cannot be read | daunnya tidak dapat dibaca
its link target is empty | tujuan tautannya kosong
its listing is too large | daftar isinya terlalu besar
its listing lies in a chunk it does not name | daftar isinya ada di potongan yang tidak disebut
its listing reaches beyond a chunk | daftar isinya melewati batas potongan
its modules make {} memories | modulnya membuat {} memori
its name has no address | namanya tidak punya alamat
its name holds a control character | namanya memuat karakter kendali
its name is not UTF-8 | namanya bukan UTF-8
its name is not valid UTF-8 | namanya bukan UTF-8 yang sah
its Origin header names another web site | header Origin-nya menyebut situs web lain
its owner had deleted the object by then | pemiliknya sudah menghapus objek itu saat itu
its package or its input was removed | paket atau masukannya dihapus
its path holds percent signs that do not encode a character | jalurnya memuat tanda persen yang tidak mewakili karakter
its path is longer than {} bytes | jalurnya lebih panjang dari {} byte
its place in the archive is wrong | tempatnya di arsip salah
its request is for another network | permintaannya untuk jaringan lain
its request is for another object | permintaannya untuk objek lain
its request is no publication | permintaannya bukan penerbitan
its session has expired | sesinya sudah kedaluwarsa
its session may not share | sesinya tidak boleh membagikan
its session may not upload | sesinya tidak boleh mengunggah
its session was revoked | sesinya sudah dicabut
its signature is wrong | tanda tangannya salah
its size is no size | ukurannya bukan ukuran
its state is older than the publication | keadaannya lebih lama daripada penerbitannya
its status is not one of {} | statusnya bukan salah satu dari {}
its stored parts do not add up to its size | bagian tersimpannya tidak berjumlah sama dengan ukurannya
its value holds characters that a field cannot have | nilainya memuat karakter yang tidak boleh ada di bidang
its wallet did not grant it | dompetnya tidak memberi izin itu
its {} is missing | {}-nya tidak ada
letters, digits and _, not a digit first, at most {} bytes | huruf, angka, dan _, tidak diawali angka, paling banyak {} byte
memory | memori
more bytes were sent than it allows | byte yang dikirim melebihi izinnya
more than {} bytes | lebih dari {} byte
more than {} folders | lebih dari {} folder
must be {} hex digits | harus {} digit heksadesimal
must be 1 to 100 hashes of 64 hex digits | harus 1 sampai 100 hash dengan 64 digit heksadesimal
must be a link id | harus id tautan
must be a whole number up to {} | harus bilangan bulat sampai {}
must be application/json | harus application/json
must be base64 | harus base64
names a placeholder twice | menyebut satu penanda dua kali
names have 1 to {} bytes | nama terdiri dari 1 sampai {} byte
needs base64 manifest, before, publishRequest | permintaannya tidak lengkap
no account in it | tidak memuat akun
no answer in {} s | tidak ada jawaban dalam {} detik
no fallback is configured | tidak ada cadangan yang diatur
no publish request | tidak ada permintaan terbit
no reason | tanpa alasan
program ready after {} | program siap setelah {}
running on node {} | berjalan di node {}
replaced by a later version; its last requests are answered | diganti versi yang lebih baru; permintaan terakhirnya dijawab
no reason was given | tidak ada alasan yang diberikan
no request may have this method | permintaan tidak boleh memakai metode ini
no such chunk | potongan itu tidak ada
no WebSocket is served here | WebSocket tidak dilayani di sini
not a regular file | bukan berkas biasa
not base64 | bukan base64
not JSON | bukan JSON
nothing here runs a {} package | tidak ada yang menjalankan paket {} di sini
only a file can have content | hanya berkas yang dapat punya isi
only the ports 80 and 443 may be asked | hanya port 80 dan 443 yang boleh dihubungi
rules with a placeholder or * | aturan dengan penanda atau *
the address cannot be read | alamatnya tidak dapat dibaca
the archive is larger than {} bytes | arsipnya lebih besar dari {} byte
the authority offers no http-01 challenge | otoritasnya tidak menawarkan tantangan http-01
the bundler failed | pembundelnya gagal
the chain is halted | rantainya berhenti
the chunk is too large | potongannya terlalu besar
the component does not export wasi:http/incoming-handler | komponennya tidak mengekspor wasi:http/incoming-handler
the data does not have this hash | datanya tidak ber-hash itu
the deployment has no grant for this host | deployment-nya tidak punya izin untuk host ini
the deployment has no grant for this object | deployment-nya tidak punya izin untuk objek ini
the exchange failed | pertukarannya gagal
the file is missing | berkasnya tidak ada
the folder above it is not in the list | folder di atasnya tidak ada dalam daftar
the folder holds too many files | folder itu berisi terlalu banyak berkas
the log has other content under this CID | log memuat isi lain dengan CID ini
the log knows no such node | log tidak mengenal node itu
the model is larger than {} bytes | modelnya lebih besar dari {} byte
the node was lost | node-nya hilang
the object is not public | objeknya tidak publik
the package is a {}, the order says {} | paketnya {}, penugasannya menyebut {}
the publish request is not for this manifest | permintaan terbitnya bukan untuk manifes ini
the request cannot be read | permintaannya tidak dapat dibaca
the request is too old, or from the future | permintaannya terlalu lama, atau dari masa depan
the request was made for another log | permintaannya dibuat untuk log lain
the request was made for another network | permintaannya dibuat untuk jaringan lain
the sequencer is stopping | sequencer sedang berhenti
the session has expired | sesinya sudah kedaluwarsa
the session may not deploy, nor read logs | sesinya tidak boleh men-deploy atau membaca log
the session was revoked | sesinya sudah dicabut
the signature of the request is wrong | tanda tangan permintaannya salah
the sizes of its files do not add up | jumlah ukuran berkasnya tidak cocok
the translation is incomplete | terjemahannya tidak lengkap
the wallet did not grant the session | dompetnya tidak memberi izin sesi itu
there are more than {} entries | ada lebih dari {} entri
there is no file in it | tidak ada berkas di dalamnya
there is no such file | berkas itu tidak ada
there is none here | di sini tidak ada
this machine cannot tell it from another path of the object | mesin ini tidak dapat membedakannya dari jalur lain objek itu
this node does not hold the chunk | node ini tidak menyimpan potongan itu
this role is partitioned | peran ini sedang terputus
this version settles no receipts | versi ini belum menyelesaikan tanda terima
time | waktu habis
too long | terlalu panjang
too many bytes | terlalu banyak byte
uses :{}, which the path does not name | memakai :{}, yang tidak disebut jalurnya
wrong length | panjangnya salah
{} file(s) with sealed names | {} berkas dengan nama tersegel
{} of {} nodes joined in {} s | {} dari {} node bergabung dalam {} detik
no file is called {} | tidak ada berkas bernama {}
the event | peristiwa itu
`;
