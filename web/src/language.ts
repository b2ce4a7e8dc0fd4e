/**
 * Sentences in the reader's language. The English sentence is the key of its translations, so that English
 * needs no file; it stands as a literal at each call, where a test finds it.
 *
 * The page's own script (`early.js`) asks for the messages before any of this code is there. This module
 * is ready once they have come: whatever imports it may make sentences at once.
 */
import { directionOf, type ShortMessages, speaking } from "./sentences.ts";

/** What `early.js` leaves, if the reader's language is not English. */
interface Asked {
  readonly name: string;
  readonly url: string;
  readonly messages: Promise<ShortMessages>;
}

/** As long as the page waits for the messages; then it is in English until it is loaded again. */
const MOST_WAIT_MS = 4_000;

const asked = (globalThis as { language?: Asked }).language;
const found = asked === undefined ? null : await inTime(asked.messages);

/** The language in which the app speaks. */
export const language = asked === undefined || found === null ? "en" : asked.name;
/** Where its messages are; null for English. */
export const messagesUrl = asked === undefined || found === null ? null : asked.url;
/** The language and country that say how dates and numbers look: the browser's own, if it fits. */
export const locale = navigator.languages.find((tag) => isOf(tag, language)) ?? language;

export const { t, counted, parts, countedParts, count, translated } = speaking(
  language,
  found ?? {},
  locale,
);

if (asked !== undefined && found === null) {
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

function isOf(tag: string, name: string): boolean {
  return tag === name || tag.startsWith(`${name}-`);
}

/** Null if they do not come, or come too late. */
async function inTime(coming: Promise<ShortMessages>): Promise<ShortMessages | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, MOST_WAIT_MS, null));
  return Promise.race([coming.catch(() => null), late]);
}
