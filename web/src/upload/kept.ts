/**
 * What this browser keeps of posts until they are sent: the draft, posts on their way, and the files of
 * both. It is there again after a reload, a crash or a session that was lost, and for its user alone.
 *
 *     draft   by the place of its tab    what is being put together, see slot.ts
 *     posts   by their idempotency key   posted, but not all of it has arrived
 *     files   by their item's id         of the draft and of the posts
 */
import { account } from "../auth.ts";
import { Failure } from "../errors.ts";
import { databaseOf } from "../kept-for.ts";

const SHELVES = ["draft", "posts", "files"] as const;
export type Shelf = (typeof SHELVES)[number];

/** What names files: a draft, and the draft of a post. */
interface Named {
  readonly items: readonly { readonly id: string }[];
}

/** The ids of files that are kept and that this page knows. */
const keptHere = new Set<string>();

let opened: { readonly user: string; readonly database: Promise<IDBDatabase> } | undefined;

/**
 * Writes all that `work` writes, or nothing. False if that failed: the browser has no room for it, or
 * keeps nothing at all, as in some private windows.
 */
export async function write(
  work: (shelf: (name: Shelf) => IDBObjectStore) => void,
): Promise<boolean> {
  try {
    const transaction = (await database()).transaction(SHELVES, "readwrite");
    work((name) => transaction.objectStore(name));
    await completed(transaction);
    return true;
  } catch (error) {
    return withoutKeeping(error, false);
  }
}

/** All that is kept on a shelf, by its names; nothing if that cannot be told. */
export async function readNamed<T>(shelf: Shelf): Promise<Map<string, T>> {
  try {
    const store = (await database()).transaction(shelf, "readonly").objectStore(shelf);
    const names = answered<string[]>(store.getAllKeys() as IDBRequest<string[]>);
    const values = await answered<T[]>(store.getAll());
    return new Map((await names).map((name, index) => [name, values[index]!]));
  } catch (error) {
    return withoutKeeping(error, new Map());
  }
}

/** What is kept under this name; undefined if there is nothing. */
export async function read<T>(shelf: Shelf, name: string): Promise<T | undefined> {
  try {
    const transaction = (await database()).transaction(shelf, "readonly");
    return await answered<T | undefined>(transaction.objectStore(shelf).get(name));
  } catch (error) {
    return withoutKeeping(error, undefined);
  }
}

/** All that is kept on a shelf; null if that cannot be told. */
export async function readAll<T>(shelf: Shelf): Promise<T[] | null> {
  try {
    const transaction = (await database()).transaction(shelf, "readonly");
    return await answered<T[]>(transaction.objectStore(shelf).getAll());
  } catch (error) {
    return withoutKeeping(error, null);
  }
}

/** A file in place of itself: WebKit keeps no files in private windows, but what is in them. */
interface Content {
  readonly name: string;
  readonly type: string;
  readonly bytes: ArrayBuffer;
}

/** What is larger is not read into memory as a whole. */
const MOST_CONTENT_BYTES = 60_000_000;

/** False if there is no room for the file. */
export async function keepFile(id: string, file: File): Promise<boolean> {
  const put = (kept: File | Content) => write((shelf) => void shelf("files").put(kept, id));
  const isDone = (await put(file)) || (isSmall(file) && (await putContent()));
  if (isDone) keptHere.add(id);
  return isDone;

  async function putContent(): Promise<boolean> {
    const content = await contentOf(file).catch((error: unknown) => withoutKeeping(error, null));
    return content !== null && put(content);
  }
}

function isSmall({ size }: File): boolean {
  return size <= MOST_CONTENT_BYTES;
}

async function contentOf(file: File): Promise<Content> {
  return { name: file.name, type: file.type, bytes: await file.arrayBuffer() };
}

function fileOf(kept: File | Content): File {
  return kept instanceof File ? kept : new File([kept.bytes], kept.name, { type: kept.type });
}

export function isFileKept(id: string): boolean {
  return keptHere.has(id);
}

export function dropFiles(ids: readonly string[]): void {
  if (ids.length === 0) return;
  for (const id of ids) keptHere.delete(id);
  void write((shelf) => {
    for (const id of ids) shelf("files").delete(id);
  });
}

/** The files that are kept, by their ids; those that are not are left out. */
export async function keptFiles(ids: readonly string[]): Promise<Map<string, File>> {
  const found = new Map<string, File>();
  for (const id of ids) {
    const kept = await read<File | Content>("files", id);
    if (kept === undefined) continue;
    found.set(id, fileOf(kept));
    keptHere.add(id);
  }
  return found;
}

/** Deletes the files that no draft and no post has, for example since a page was closed too early. */
export async function tidyFiles(): Promise<void> {
  await write((shelf) => {
    const named = new Set<string>();
    const note = (kept: Named) => {
      for (const { id } of kept.items) named.add(id);
    };
    shelf("draft").getAll().onsuccess = ({ target }) => resultOf<Named[]>(target).forEach(note);
    shelf("posts").getAll().onsuccess = ({ target }) => {
      for (const { draft } of resultOf<{ draft: Named }[]>(target)) note(draft);
    };
    const files = shelf("files");
    files.getAllKeys().onsuccess = ({ target }) => {
      const isNeeded = (id: string) => named.has(id) || keptHere.has(id);
      for (const id of resultOf<string[]>(target)) if (!isNeeded(id)) files.delete(id);
    };
  });
}

/**
 * Takes a lock for this tab, until what is returned is called or the tab is closed. Null if another
 * tab has it.
 */
export function takeLock(name: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock === null) return resolve(null);
      return new Promise<void>((release) => resolve(release));
    });
  });
}

async function database(): Promise<IDBDatabase> {
  const user = await account();
  if (opened?.user !== user) opened = { user, database: open(databaseOf(user)) };
  return opened.database;
}

async function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    for (const shelf of SHELVES) request.result.createObjectStore(shelf);
  };
  try {
    const database = await answered(request);
    // Somebody signs out, here or in another tab: the database is being deleted.
    database.onversionchange = () => {
      database.close();
      opened = undefined;
    };
    // An iPhone ends it when the app was in the background for long: the next one opens it again.
    database.onclose = () => {
      opened = undefined;
    };
    return database;
  } catch (error) {
    opened = undefined; // the next one tries again
    throw error;
  }
}

/** The browser's own refusals, and nobody being signed in, are no reason not to go on. */
function withoutKeeping<T>(error: unknown, instead: T): T {
  if (error instanceof Failure) return instead;
  if (!(error instanceof DOMException)) throw error;
  console.warn("This browser keeps nothing.", error.message);
  return instead;
}

function resultOf<T>(target: EventTarget | null): T {
  return (target as IDBRequest<T>).result;
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
