/**
 * Links to media expire. A file that does not come is asked for once more by a new link: whatever
 * shows it is read again, once for all its files, and everything shows the newest links it knows.
 *
 * The clock decides nothing, since a visitor's may be wrong: a link counts as expired if reading
 * again gives another one. If it gives the same one, the file is gone, and nothing is asked again.
 */
import { Store, useStore } from "./store.ts";

/** Where new links come from: `key` names what is read, and `read` gives an answer with links. */
export interface LinkSource {
  readonly key: string;
  readonly read: () => Promise<unknown>;
}

/** Of what is no link to media, such as a file that was picked here. */
const NONE = new Store("");

export class Renewals {
  /** By medium, the newest query string of its links. */
  readonly #newest = new Map<string, Store<string>>();
  /** The reads that are under way, by what is read. */
  readonly #underway = new Map<string, Promise<void>>();
  /** The links for which something was read again already. */
  readonly #tried = new Set<string>();

  /** The store of the newest query string for the medium of a link. */
  newest(url: string): Store<string> {
    const { query, medium } = parsed(url);
    if (medium === "") return NONE;
    let store = this.#newest.get(medium);
    if (store === undefined) {
      store = new Store(query);
      this.#newest.set(medium, store);
    }
    // What shows it may have read it again by itself since.
    if (expiryOf(query) > expiryOf(store.value)) store.set(query);
    return store;
  }

  /** Reads again for a link that led to nothing, unless that was done for it already. */
  async renew(url: string, { key, read }: LinkSource): Promise<void> {
    const { query, medium } = parsed(url);
    if (medium === "" || this.newest(url).value !== query) return; // a newer one is shown already
    const attempt = `${medium} ${query}`;
    if (this.#tried.has(attempt)) return;
    this.#tried.add(attempt);
    let reading = this.#underway.get(key);
    if (reading === undefined) {
      reading = read()
        .then((answer) => {
          for (const link of linksIn(answer)) this.#learn(link);
        })
        .finally(() => this.#underway.delete(key));
      this.#underway.set(key, reading);
    }
    // Nothing was learned: the next failure may ask again.
    await reading.catch(() => this.#tried.delete(attempt));
  }

  /** Notes a link that has just come: with other keys it may differ in its signature alone. */
  #learn(url: string): void {
    const store = this.newest(url);
    const { query } = parsed(url);
    if (expiryOf(query) === expiryOf(store.value)) store.set(query);
  }

  forget(): void {
    this.#newest.clear();
    this.#tried.clear();
  }
}

/** The fields that hold links. What people have written, such as a caption, never counts as one. */
const FIELDS = new Set(["url", "thumbnail"]);

/** Every link to media in an answer of the API. */
export function* linksIn(answer: unknown): Generator<string> {
  if (typeof answer !== "object" || answer === null) return;
  for (const [name, value] of Object.entries(answer)) {
    if (typeof value !== "string") yield* linksIn(value);
    else if (FIELDS.has(name) && parsed(value).medium !== "") yield value;
  }
}

function parsed(url: string): { path: string; query: string; medium: string } {
  const at = url.indexOf("?");
  const path = at < 0 ? url : url.slice(0, at);
  const query = at < 0 ? "" : url.slice(at + 1);
  const parameters = new URLSearchParams(query);
  const medium = parameters.has("s") ? (parameters.get("m") ?? "") : "";
  return { path, query, medium };
}

function expiryOf(query: string): number {
  return Number(new URLSearchParams(query).get("e"));
}

/** The links of this page. */
export const renewals = new Renewals();

/**
 * The newest links to the files of a medium: `fresh` gives the newest to any of its files, and
 * `failed` is for when one did not come. `url` is any link to one of them.
 */
export function useLinks(
  url: string | undefined,
  source: LinkSource,
): { fresh: (link: string) => string; failed: () => void } {
  const query = useStore(renewals.newest(url ?? ""));
  const fresh = (link: string) => (query === "" ? link : `${parsed(link).path}?${query}`);
  const failed = () => {
    if (url !== undefined) void renewals.renew(fresh(url), source);
  };
  return { fresh, failed };
}
