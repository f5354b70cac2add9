// Every page works without this. With it, components of nhsuk-frontend gain what only a script can give.

const library = document.querySelector("script[data-library]").dataset.library;
const { initAll } = await import(library);
initAll();

// Filters above a list begin folded, so that the list itself is what one sees first.
const narrow = window.matchMedia("(max-width: 60em)").matches;
for (const fold of document.querySelectorAll(narrow ? ".app-filters__fold" : ".app-list--wide .app-filters__fold")) {
  fold.open = false;
}

// After the Back button a browser shows what was typed beside a new key, and sending it would act again. So each
// entry of the history keeps the keys of its forms: the same answers act once, changed ones are a form of their own.
const keys = document.querySelectorAll('input[type="hidden"][name="form_key"]');
const kept = history.state?.keys ?? {};
const names = new Map();
for (const [number, key] of keys.entries()) {
  names.set(key, [key.form.action, key.form.elements.version?.value, number].join(" "));
  if (kept[names.get(key)]) {
    key.value = kept[names.get(key)];
    key.form.addEventListener("input", () => { key.value = newKey(); keep(); }, { once: true });
  }
}
keep();

function keep() {
  history.replaceState({ keys: Object.fromEntries([...names].map(([key, name]) => [name, key.value])) }, "");
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
