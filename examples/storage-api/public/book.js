// Addresses are relative, so the book works at its own address and below a path alike.
const form = document.querySelector("#form");
const state = document.querySelector("#state");
const entries = document.querySelector("#entries");

/** Texts of visitors become text nodes, never markup. */
function show(list) {
  const items = list.map(({ name, text, writtenMs }) => {
    const item = document.createElement("li");
    const who = document.createElement("strong");
    who.textContent = name;
    const when = document.createElement("time");
    when.dateTime = new Date(writtenMs).toISOString();
    when.textContent = new Date(writtenMs).toLocaleString();
    const words = document.createElement("p");
    words.textContent = text;
    item.append(who, " ", when, words);
    return item;
  });
  entries.replaceChildren(...items);
}

async function load() {
  const answer = await fetch("api/entries");
  if (answer.ok) show((await answer.json()).entries);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  state.textContent = "Writing…";
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  const answer = await fetch("api/entries", { method: "POST", body });
  state.textContent = answer.ok ? "Written." : (await answer.json()).error;
  if (answer.ok) form.reset();
  await load();
});

await load();
