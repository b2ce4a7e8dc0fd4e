/** The language in which the site's worker tells of news: only the app's pages know which it is. */
import { type Messages, type Speech, speaking } from "../sentences.ts";

const CACHE = "shutterfeed.spoken";
const MESSAGES = "/spoken";

export interface Spoken {
  readonly language: string;
  readonly locale: string;
  readonly messages: Messages;
}

/** Keeps the language for the worker. */
export async function keepSpoken(spoken: Spoken): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.put(MESSAGES, Response.json(spoken));
}

/** What writes in the language that a page has kept last; in English if none has. */
export async function speech(): Promise<Speech> {
  const kept = await caches.match(MESSAGES);
  if (kept === undefined) return speaking("en", {}, "en");
  const { language, messages, locale } = (await kept.json()) as Spoken;
  return speaking(language, messages, locale);
}
