// Every address in this project is relative, so the site works at its own address and below a path alike.
const texts = {
  en: {
    skip: "Skip to content",
    title: "It runs.",
    lead: "This page and its API are one package, deployed with one command.",
    label: "What is your name?",
    send: "Say hello",
    next: "What to change first",
    site: "holds the files that are served as they are.",
    api: "answers every other address, such as this one:",
    deploy: "puts your changes under the same address.",
    failed: "The API did not answer. Try again in a moment.",
  },
  id: {
    skip: "Langsung ke isi",
    title: "Sudah berjalan.",
    lead: "Halaman ini dan API-nya adalah satu paket yang di-deploy dengan satu perintah.",
    label: "Siapa nama Anda?",
    send: "Sapa saya",
    next: "Yang bisa Anda ubah lebih dulu",
    site: "berisi berkas yang disajikan apa adanya.",
    api: "menjawab semua alamat lain, misalnya yang ini:",
    deploy: "menerbitkan perubahan Anda di alamat yang sama.",
    failed: "API tidak menjawab. Coba lagi sebentar lagi.",
  },
};

let language = navigator.language.toLowerCase().startsWith("id") ? "id" : "en";

function show(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = texts[chosen][element.dataset.text];
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
  }
  // A greeting in the other language would be left over.
  document.querySelector("#answer").textContent = "";
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => show(button.dataset.language));
}

document.querySelector("#greet").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = document.querySelector("#answer");
  const query = new URLSearchParams({ name: document.querySelector("#name").value, language });
  try {
    const response = await fetch(`api/hello?${query}`);
    const { greeting } = await response.json();
    answer.textContent = greeting;
  } catch {
    answer.textContent = texts[language].failed;
  }
});

show(language);
