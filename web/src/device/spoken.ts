/** The language in which the site's worker tells of news: only the app's pages know which it is. */
import { type ShortMessages, type Speech, speaking } from "../sentences.ts";

const CACHE = "shutterfeed.spoken";
const SPOKEN = "/spoken";

export interface Spoken {
  readonly language: string;
  readonly locale: string;
  /** Where its messages are; null for English. */
  readonly url: string | null;
}

/** Keeps the language for the worker, and its messages also for pages without a network. */
export async function keepSpoken(spoken: Spoken): Promise<void> {
  const { url } = spoken;
  const cache = await caches.open(CACHE);
  if (url !== null && (await cache.match(url)) === undefined) await cache.add(url);
  await cache.put(SPOKEN, Response.json(spoken));
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== url && pathname !== SPOKEN) await cache.delete(request);
  }
}

/** What writes in the language that a page has kept last; in English if none has. */
export async function speech(): Promise<Speech> {
  const kept = await caches.match(SPOKEN);
  const { language, locale, url } = kept ? ((await kept.json()) as Spoken) : ENGLISH;
  const messages = url === null ? undefined : await caches.match(url);
  if (messages === undefined) return speaking("en", {}, "en");
  return speaking(language, (await messages.json()) as ShortMessages, locale);
}

const ENGLISH: Spoken = { language: "en", locale: "en", url: null };
