/** From data to words: what people read, and the links in what they wrote. */

import { HANDLE_PATTERN, MAX_HANDLE, MIN_HANDLE } from "../build/limits.ts";

export interface Piece {
  readonly text: string;
  /** An address of this app, if the piece is a hashtag or a handle; of another site's otherwise. */
  readonly href?: string;
}

const HANDLE = HANDLE_PATTERN.replace(/^\^|\$$/g, "");
const LETTERS = "\\p{L}\\p{N}\\p{M}_";
// The same hashtags as the API finds: not within a word, an address or an HTML entity.
const LINKS = new RegExp(
  `(?<![${LETTERS}])(?<url>https?://[^\\s<>"“”]+)` +
    `|(?<![${LETTERS}&/#])#(?<tag>[${LETTERS}\\u200c\\u200d\\ufe0f\\p{Extended_Pictographic}\\p{Regional_Indicator}]+)` +
    `|(?<![${LETTERS}@./])@(?<handle>${HANDLE})`,
  "giu",
);

/**
 * A caption in pieces, in order; together they are the caption. Of handles, only `mentions` are links:
 * another one may belong to somebody whom the author did not mean. Without `mentions`, all are.
 */
export function linkify(caption: string, mentions?: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of caption.matchAll(LINKS)) {
    const { url, tag, handle } = found.groups ?? {};
    const text = url === undefined ? found[0] : withoutSentence(url);
    const href = url === undefined ? address(tag, handle) : webAddress(text);
    if (href === null) continue;
    if (handle !== undefined && mentions?.includes(handle.toLowerCase()) === false) continue;
    if (found.index > end) pieces.push({ text: caption.slice(end, found.index) });
    pieces.push({ text, href });
    end = found.index + text.length;
  }
  if (end < caption.length) pieces.push({ text: caption.slice(end) });
  return pieces;
}

/** A web address without what belongs to the sentence around it: `(see https://example.com/a.)` */
function withoutSentence(url: string): string {
  for (let text = url; ; text = text.slice(0, -1)) {
    const isMark = /[.,:;!?'’*_~…]$/u.test(text);
    const isOpen = text.endsWith(")") && text.split(")").length > text.split("(").length;
    if (!isMark && !isOpen && !/[\]}]$/.test(text)) return text;
  }
}

/** Null if it is no web address, or has a user name, by which it looks like another site's. */
function webAddress(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  return isWeb && url.username === "" && url.password === "" ? url.href : null;
}

function address(tag: string | undefined, handle: string | undefined): string | null {
  if (tag !== undefined) {
    // A number alone is a rank, no hashtag.
    return /^[\p{N}_]+$/u.test(tag) ? null : `/tags/${encodeURIComponent(tag)}`;
  }
  if (handle !== undefined && handle.length >= MIN_HANDLE && handle.length <= MAX_HANDLE) {
    return `/u/${handle.toLowerCase()}`;
  }
  return null;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long ago, as short as can be: "5 min", "3 h", "2 d", then the date. Dates are written as the
 * browser's language has them.
 */
export function ago(time: string, now: number = Date.now(), locale?: string): string {
  const date = new Date(time);
  const passed = now - date.getTime();
  if (passed < MINUTE) return "now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h`;
  if (passed < 7 * DAY) return `${Math.floor(passed / DAY)} d`;
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString(locale, {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  });
}

export function fullDate(time: string, locale?: string): string {
  return new Date(time).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });
}

export function day(time: string, locale?: string): string {
  return new Date(time).toLocaleDateString(locale, { dateStyle: "long" });
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export function count(number: number): string {
  return number < 10_000 ? number.toLocaleString("en") : compact.format(number);
}

export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** Sizes as file managers count them. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return plural(bytes, "byte");
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  const megabytes = bytes / (1024 * 1024);
  return `${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`;
}

/** A length of time as players show it: "0:07", "2:45". */
export function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
