/**
 * What this browser knows of the files that it sends. The API's ledger has no names, no picture
 * before a file is ready, and hears of a file's arrival only seconds later, or a minute.
 */
import { person } from "./auth.ts";
import { type Files, type LocalFile, lighter, withFile } from "./files.ts";
import { keep } from "./storage.ts";
import { Store } from "./store.ts";

const KEY = "shutterfeed.files";

/** What this tab has sent itself: known here even if there was no room to keep it. */
let own: Files = {};

export const localFiles = new Store<Files>(stored());

person.watch(() => {
  localStorage.removeItem(KEY);
  own = {};
  localFiles.set({});
});

window.addEventListener("storage", (event) => {
  if (event.key === KEY) localFiles.set({ ...stored(), ...own }); // another tab sends
});

export function rememberFile(mediaId: string, facts: Partial<LocalFile>): void {
  const files = withFile({ ...stored(), ...own }, mediaId, facts);
  own = { ...own, [mediaId]: files[mediaId]! };
  for (const lighterFiles of lighter(files)) {
    if (keep(KEY, JSON.stringify(lighterFiles))) break;
  }
  localFiles.set(files);
}

function stored(): Files {
  return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Files;
}
