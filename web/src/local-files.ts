/**
 * What this browser knows of the files that it sends. The API's ledger has no names, no picture
 * before a file is ready, and hears of a file's arrival only seconds later, or a minute.
 */
import { person } from "./auth.ts";
import { Store } from "./store.ts";

export interface LocalFile {
  readonly name: string;
  /** A small picture as a data URL, if the browser can show the file. */
  readonly thumb: string | null;
  /** Whether storage has confirmed all of its bytes. */
  readonly isReceived: boolean;
}

type Files = Readonly<Record<string, LocalFile>>;

const KEY = "shutterfeed.files";
/** Some kilobytes each. Media ids grow with time, so the smallest are the oldest. */
const MAX_KEPT = 60;
const NOTHING: LocalFile = { name: "", thumb: null, isReceived: false };

/** By media id. */
export const localFiles = new Store<Files>(stored());

person.watch(() => {
  localStorage.removeItem(KEY);
  localFiles.set({});
});

window.addEventListener("storage", (event) => {
  if (event.key === KEY) localFiles.set(stored()); // another tab sends
});

export function rememberFile(mediaId: string, facts: Partial<LocalFile>): void {
  const files = withFile(stored(), mediaId, facts);
  localStorage.setItem(KEY, JSON.stringify(files));
  localFiles.set(files);
}

/** The files with this one changed or added, without the oldest beyond what is kept. */
export function withFile(files: Files, mediaId: string, facts: Partial<LocalFile>): Files {
  const changed = { ...files, [mediaId]: { ...NOTHING, ...files[mediaId], ...facts } };
  return Object.fromEntries(Object.entries(changed).sort().slice(-MAX_KEPT));
}

function stored(): Files {
  return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Files;
}
