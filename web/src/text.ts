/** From data to words: what people read, and the links in what they wrote. */

export interface Piece {
  readonly text: string;
  /** An address of this app, where the piece is a hashtag or a handle. */
  readonly href?: string;
}

const LETTERS = "\\p{L}\\p{N}\\p{M}_";
// The same hashtags as the API finds: not within a word, an address or an HTML entity.
const LINKS = new RegExp(
  `(?<![${LETTERS}&/#])#(?<tag>[${LETTERS}\\u200c\\u200d\\ufe0f\\p{Extended_Pictographic}\\p{Regional_Indicator}]+)` +
    `|(?<![${LETTERS}@./])@(?<handle>[a-z0-9](?:[._]?[a-z0-9])*)`,
  "giu",
);

/** A caption in pieces, in order; together they are the caption. */
export function linkify(caption: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of caption.matchAll(LINKS)) {
    const href = address(found.groups?.["tag"], found.groups?.["handle"]);
    if (href === null) continue;
    if (found.index > end) pieces.push({ text: caption.slice(end, found.index) });
    pieces.push({ text: found[0], href });
    end = found.index + found[0].length;
  }
  if (end < caption.length) pieces.push({ text: caption.slice(end) });
  return pieces;
}

function address(tag: string | undefined, handle: string | undefined): string | null {
  if (tag !== undefined) {
    // A number alone is a rank, no hashtag.
    return /^[\p{N}_]+$/u.test(tag) ? null : `/tags/${encodeURIComponent(tag)}`;
  }
  if (handle !== undefined && handle.length >= 3 && handle.length <= 30) {
    return `/u/${handle.toLowerCase()}`;
  }
  return null;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, as short as can be: "5 min", "3 h", "2 d", then the date. */
export function ago(time: string, now: number = Date.now()): string {
  const date = new Date(time);
  const passed = now - date.getTime();
  if (passed < MINUTE) return "now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h`;
  if (passed < 7 * DAY) return `${Math.floor(passed / DAY)} d`;
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString("en", {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  });
}

export function fullDate(time: string): string {
  return new Date(time).toLocaleString("en", { dateStyle: "long", timeStyle: "short" });
}

export function day(time: string): string {
  return new Date(time).toLocaleDateString("en", { dateStyle: "long" });
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
