/** Light or dark: as the device has it, or as it was chosen here. `early.js` applies the choice before the first paint. */
import { keep } from "./storage.ts";

const KEY = "shutterfeed.theme";

export type Theme = "light" | "dark";

/** The theme that was chosen on this device; null if the device's own counts. */
export function chosenTheme(): Theme | null {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : null;
}

/** Shows the theme at once, and from then on on this device; null follows the device again. */
export function chooseTheme(theme: Theme | null): void {
  if (theme === null) {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    keep(KEY, theme);
    document.documentElement.dataset.theme = theme;
  }
  paintBar(theme);
}

/** The browser's own bar has the colour of the page's paper. */
function paintBar(theme: Theme | null): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) {
    const shown = theme ?? (meta.media.includes("dark") ? "dark" : "light");
    meta.content = shown === "dark" ? "#121110" : "#ffffff";
  }
}
