// Build what the pages need into dmas/web/static/built: the style sheet, the images it names, the scripts.
// Letters are set in DejaVu, which has the letters of every name: into dmas/notifications/built.

import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const sources = dirname(fileURLToPath(import.meta.url));
const project = join(sources, "..", "..", "..");
const library = join(project, "node_modules", "nhsuk-frontend", "dist", "nhsuk");
const built = join(project, "dmas", "web", "static", "built");

const { css } = compile(join(sources, "main.scss"), {
  loadPaths: [join(project, "node_modules")],
  quietDeps: true,
  style: "compressed",
});

for (const unwanted of ["frutiger", "assets.nhs.uk", "@font-face"]) {
  if (css.toLowerCase().includes(unwanted)) {
    throw new Error(`The style sheet holds "${unwanted}": the NHS font must not be named or fetched.`);
  }
}

rmSync(built, { recursive: true, force: true });
mkdirSync(join(built, "images"), { recursive: true });
writeFileSync(join(built, "main.css"), css);

for (const [, image] of css.matchAll(/url\("?images\/([\w.-]+)"?\)/g)) {
  copyFileSync(join(library, "assets", "images", image), join(built, "images", image));
}
copyFileSync(join(library, "nhsuk-frontend.min.js"), join(built, "nhsuk-frontend.min.js"));
for (const script of readdirSync(sources).filter((name) => name.endsWith(".js"))) {
  copyFileSync(join(sources, script), join(built, script));
}

const fonts = join(project, "dmas", "notifications", "built");
mkdirSync(fonts, { recursive: true });
for (const font of ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]) {
  copyFileSync(join(project, "node_modules", "dejavu-fonts-ttf", "ttf", font), join(fonts, font));
}
