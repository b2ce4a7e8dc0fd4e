/** The languages that the app speaks, and which of them was chosen on this device. */

/** Their own names, by the name of their file of messages. */
export const LANGUAGES: Readonly<Record<string, string>> = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  pt: "Português (Brasil)",
  ja: "日本語",
  ar: "العربية",
};

const CHOSEN = "shutterfeed.language";

/** Null if the browser's own languages decide. */
export function chosenLanguage(): string | null {
  return localStorage.getItem(CHOSEN);
}

/** Has the app speak another language from now on: the page is loaded again. Null: the browser decides. */
export function chooseLanguage(name: string | null): void {
  if (name === null) localStorage.removeItem(CHOSEN);
  else localStorage.setItem(CHOSEN, name);
  location.reload();
}
