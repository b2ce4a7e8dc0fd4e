/** What is remembered of the files that were sent, and how much of it. */

export interface LocalFile {
  readonly name: string;
  /** A small picture as a data URL, if the browser can show the file. */
  readonly thumb: string | null;
  /** Whether storage has confirmed all of its bytes. */
  readonly isReceived: boolean;
  /** When the last byte left this browser, in milliseconds since 1970; null if some have not. */
  readonly sentAt: number | null;
  /** Whether this browser keeps the file itself until it has arrived: sending then goes on by itself. */
  readonly isKept: boolean;
}

/** By media id. The ids grow with time, so the smallest are the oldest. */
export type Files = Readonly<Record<string, LocalFile>>;

/** About a hundred bytes each. */
const MAX_NAMES = 500;
/** Some kilobytes each: only until the service has a picture of its own. */
const MAX_PICTURES = 60;
const NOTHING: LocalFile = {
  name: "",
  thumb: null,
  isReceived: false,
  sentAt: null,
  isKept: false,
};

/** The files with this one changed or added, without the oldest beyond what is kept. */
export function withFile(files: Files, mediaId: string, facts: Partial<LocalFile>): Files {
  const changed = { ...files, [mediaId]: { ...NOTHING, ...files[mediaId], ...facts } };
  const newest = Object.entries(changed).sort(byId).slice(-MAX_NAMES);
  const withPictures = newest.length - MAX_PICTURES;
  return Object.fromEntries(
    newest.map(([id, file], index) => [id, index < withPictures ? withoutPicture(file) : file]),
  );
}

/** What to keep if there is too little room: first without pictures, then with ever fewer names. */
export function* lighter(files: Files): Generator<Files> {
  yield files;
  let left = Object.entries(files)
    .sort(byId)
    .map(([id, file]) => [id, withoutPicture(file)] as const);
  while (left.length > 0) {
    yield Object.fromEntries(left);
    left = left.slice(Math.ceil(left.length / 2));
  }
}

const byId = ([one]: readonly [string, LocalFile], [other]: readonly [string, LocalFile]) =>
  one < other ? -1 : 1;

function withoutPicture(file: LocalFile): LocalFile {
  return { ...file, thumb: null };
}
