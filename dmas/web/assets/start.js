// Every page works without this. With it, components of nhsuk-frontend gain what only a script can give.

const library = document.querySelector("script[data-library]").dataset.library;
const { initAll } = await import(library);
initAll();

// Filters above a list begin folded, so that the list itself is what one sees first.
const narrow = window.matchMedia("(max-width: 60em)").matches;
for (const fold of document.querySelectorAll(narrow ? ".app-filters__fold" : ".app-list--wide .app-filters__fold")) {
  fold.open = false;
}
