/** The links in what people write. The API finds the same: see tests/vectors/links.json. */
import { HANDLE_PATTERN, MAX_HANDLE, MIN_HANDLE } from "../build/limits.ts";

export interface Piece {
  readonly text: string;
  /** An address of this app, if the piece is a hashtag or a handle; of another site's otherwise. */
  readonly href?: string;
}

/** In characters. */
const MAX_TAG = 100;
const HANDLE = HANDLE_PATTERN.replace(/^\^|\$$/g, "");
const LETTERS = "\\p{L}\\p{N}\\p{M}_";
/** Scripts that are written without spaces: what follows their letters may be a word of its own. */
const UNSPACED =
  "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u1100-\\u11ff\\u3040-\\u30ff\\u3105-\\u312f" +
  "\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua960-\\ua97f\\uac00-\\ud7ff\\uf900-\\ufaff" +
  "\\u{20000}-\\u{3ffff}\\u3005\\u3007";
const WORD = `(?:(?![${UNSPACED}])[${LETTERS}])`;
const TAG =
  `[#＃﹟][${LETTERS}\\u200c\\u200d\\ufe0f` +
  "\\p{Extended_Pictographic}\\p{Regional_Indicator}\\p{Emoji_Modifier}]+";

/** What a mention may not stand behind. */
export const BEFORE_HANDLE = `(?<!${WORD})(?<![@/])`;

// A handle is taken whole or not at all: nothing of "@anna_" is one.
const LINKS = new RegExp(
  `(?<!${WORD})(?<url>[Hh][Tt][Tt][Pp][Ss]?://[^\\s<>"“”]+)` +
    `|(?<![${LETTERS}&/#＃﹟])(?<tags>${TAG}(?:[#＃﹟]*${TAG})*)` +
    `|${BEFORE_HANDLE}@(?=(?<handle>${HANDLE}))\\k<handle>(?!${WORD}|@)`,
  "gu",
);

/**
 * A caption in pieces, in order; together they are the caption. Of handles, only `mentions` are links:
 * another one may belong to somebody whom the author did not mean. Without `mentions`, all are.
 */
export function linkify(caption: string, mentions?: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { at, text, href } of linksIn(caption, mentions)) {
    if (at > end) pieces.push({ text: caption.slice(end, at) });
    pieces.push({ text, href });
    end = at + text.length;
  }
  if (end < caption.length) pieces.push({ text: caption.slice(end) });
  return pieces;
}

interface Found {
  readonly at: number;
  readonly text: string;
  readonly href: string | null;
}

interface Link extends Found {
  readonly href: string;
}

function linksIn(caption: string, mentions: readonly string[] | undefined): Link[] {
  const found = [...caption.matchAll(LINKS)].flatMap(({ 0: text, index: at, groups }): Found[] => {
    const { url, tags, handle } = groups ?? {};
    if (url !== undefined) {
      const address = withoutSentence(url);
      return [{ at, text: address, href: webAddress(address) }];
    }
    if (tags !== undefined) {
      const single = [...tags.matchAll(/[#＃﹟][^#＃﹟]+/gu)];
      return single.map((tag) => ({ at: at + tag.index, text: tag[0], href: tagAddress(tag[0]) }));
    }
    return [{ at, text, href: userAddress(handle!, mentions) }];
  });
  return found.filter((link): link is Link => link.href !== null);
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

/** Null if it is too long, or a number alone: that is a rank. */
function tagAddress(marked: string): string | null {
  const tag = marked.slice(1);
  const signs = tag.normalize("NFKC").replace(/\u2044|\u20e3|\ufe0f/g, ""); // of fractions and keys
  if ([...tag].length > MAX_TAG || /^_*\p{N}[\p{N}_]*$/u.test(signs)) return null;
  return `/tags/${encodeURIComponent(tag)}`;
}

function userAddress(handle: string, mentions: readonly string[] | undefined): string | null {
  const user = handle.toLowerCase();
  const isOfLength = handle.length >= MIN_HANDLE && handle.length <= MAX_HANDLE;
  return isOfLength && mentions?.includes(user) !== false ? `/u/${user}` : null;
}
