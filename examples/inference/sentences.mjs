// What the model learns from: what guests said, and how they felt. Add your own and train again.

export const good = [
  "The food was delicious and the staff were kind",
  "Great coffee, quick service, I will come back",
  "A lovely quiet place with friendly people",
  "We loved the view and the fresh fish",
  "Clean rooms and a warm welcome",
  "Fast, friendly and cheap",
  "The best noodles in town",
  "I am happy with everything",
  "Makanannya enak sekali dan pelayannya ramah",
  "Kopinya mantap, pelayanannya cepat, pasti kembali lagi",
  "Tempatnya nyaman dan bersih",
  "Kami suka pemandangannya dan ikannya segar",
  "Harganya murah, porsinya besar",
  "Sambalnya juara, terbaik di kota ini",
  "Kamarnya bersih dan stafnya baik",
  "Saya puas dengan semuanya",
];

export const bad = [
  "The food was cold and the waiter was rude",
  "Slow service, we waited for an hour",
  "A dirty table and a noisy room",
  "The fish smelled old and tasted terrible",
  "Expensive and disappointing",
  "The worst coffee I ever had",
  "They forgot our order twice",
  "I am angry about the bill",
  "Makanannya dingin dan pelayannya kasar",
  "Pelayanannya lambat, kami menunggu satu jam",
  "Mejanya kotor dan ruangannya berisik",
  "Ikannya bau dan rasanya hambar",
  "Mahal dan mengecewakan",
  "Kopi terburuk yang pernah saya minum",
  "Pesanan kami dilupakan dua kali",
  "Saya kecewa dengan tagihannya",
];
