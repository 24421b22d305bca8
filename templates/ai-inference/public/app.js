// Every address in this project is relative, so the site works at its own address and below a path alike.
const texts = {
  en: {
    skip: "Skip to content",
    brand: "My digit reader",
    title: "Draw a digit.",
    lead: "The model beside this page says which one it sees.",
    clear: "Clear",
    hint: "Click the pixels, or reach them with Tab and press Space.",
    model: "What the model takes and gives, as JSON",
    pixel: (row, column) => `Row ${row}, column ${column}`,
    seen: (digit, percent) => `${digit}, ${percent}% sure`,
    failed: "The model did not answer. Try again in a moment.",
  },
  id: {
    skip: "Langsung ke isi",
    brand: "Pembaca angka saya",
    title: "Gambar sebuah angka.",
    lead: "Model di samping halaman ini menebak angka yang dilihatnya.",
    clear: "Hapus",
    hint: "Klik pikselnya, atau pindah dengan Tab lalu tekan Spasi.",
    model: "Masukan dan keluaran model, sebagai JSON",
    pixel: (row, column) => `Baris ${row}, kolom ${column}`,
    seen: (digit, percent) => `${digit}, yakin ${percent}%`,
    failed: "Model tidak menjawab. Coba lagi sebentar lagi.",
  },
};
const WIDTH = 5;
const HEIGHT = 7;
// Something to start with: a seven.
const first = "##### ....# ...#. ..#.. .#... .#... .#...".replaceAll(" ", "");

const grid = document.querySelector("#grid");
const answer = document.querySelector("#answer");
let language = navigator.language.toLowerCase().startsWith("id") ? "id" : "en";
let asked = 0;

const pixels = Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", String(first[at] === "#"));
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    ask();
  });
  grid.append(button);
  return button;
});

async function ask() {
  const turn = ++asked;
  const data = pixels.map((button) => (button.getAttribute("aria-pressed") === "true" ? 1 : 0));
  let text = "";
  try {
    const response = await fetch("predict", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inputs: { pixels: { shape: [1, data.length], data } } }),
    });
    const { outputs } = await response.json();
    const chances = outputs.chances.data;
    const best = chances.indexOf(Math.max(...chances));
    text = data.includes(1) ? texts[language].seen(best, Math.round(chances[best] * 100)) : "";
  } catch {
    text = texts[language].failed;
  }
  // An older answer must not stand over a newer drawing.
  if (turn === asked) answer.textContent = text;
}

function show(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = texts[chosen][element.dataset.text];
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
  }
  for (const [at, button] of pixels.entries()) {
    button.setAttribute("aria-label", texts[chosen].pixel(Math.floor(at / WIDTH) + 1, (at % WIDTH) + 1));
  }
  ask();
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => show(button.dataset.language));
}
document.querySelector("#clear").addEventListener("click", () => {
  for (const button of pixels) button.setAttribute("aria-pressed", "false");
  ask();
});

show(language);
