// Every page works without this. With it, components of nhsuk-frontend gain what only a script can give.

const library = document.querySelector("script[data-library]").dataset.library;
const { initAll } = await import(library);
initAll();

// On a narrow screen a list's filters begin folded, so that the list itself is what one sees first.
if (window.matchMedia("(max-width: 40em)").matches) {
  for (const fold of document.querySelectorAll(".app-filters__fold")) {
    fold.open = false;
  }
}
