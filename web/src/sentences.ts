/** Sentences of one language, from its messages. `language.ts` has those that the reader sees. */
import type { ComponentChildren } from "preact";

type Values = Readonly<Record<string, string | number>>;
type Children = Readonly<Record<string, ComponentChildren>>;
/** A sentence about a number has a form for each of the categories of `Intl.PluralRules`. */
type Message = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;

/** Translations by their English sentence; those of counted sentences by the sentence for many. */
export type Messages = Readonly<Record<string, Message>>;
/** The same by short names of the sentences: the sentences themselves are in the app's code already. */
export type ShortMessages = Readonly<Record<string, Message>>;

/** The name of a sentence in the files that browsers get: its 32-bit FNV-1a hash. */
function shortOf(sentence: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < sentence.length; at++)
    hash = Math.imul(hash ^ sentence.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** What browsers get of a language's messages. Raises `Error` if two sentences have the same name. */
export function shortened(messages: Messages): ShortMessages {
  const entries = Object.entries(messages);
  const short = Object.fromEntries(entries.map(([key, message]) => [shortOf(key), message]));
  if (Object.keys(short).length < entries.length)
    throw new Error("Two sentences have the same short name. Please change one of them.");
  return short;
}

const PLACE = /([@#]?)\{(\w+)\}/g;

/** What is written from right to left. */
const RIGHT_TO_LEFT = new Set(["ar"]);
/** The characters around a text whose direction is its own, whatever it stands in. */
const [ISOLATE, POP] = ["\u2068", "\u2069"];

export function directionOf(language: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

export type Speech = ReturnType<typeof speaking>;

/**
 * What writes in a language. `language` names its messages, such as "pt"; `locale` says how numbers and dates
 * look, such as "pt-PT". What has no translation is in English.
 */
export function speaking(language: string, messages: ShortMessages, locale: string) {
  const found = (key: string) => (language === "en" ? undefined : messages[shortOf(key)]);
  const rules = new Intl.PluralRules(language);
  const english = new Intl.PluralRules("en");
  const whole = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, {
    notation: "compact",
    maximumFractionDigits: 1,
  });
  // A handle keeps its @ in front of it also between words that run from right to left.
  const [before, after] = directionOf(language) === "rtl" ? [ISOLATE, POP] : ["", ""];

  /** A count as people read it: "9,999", "12.3K". */
  function count(number: number): string {
    return (number < 10_000 ? whole : compact).format(number);
  }

  function translated(key: string): string | undefined {
    const message = found(key);
    return typeof message === "string" ? message : undefined;
  }

  function written(sentence: string): string {
    return translated(sentence) ?? sentence;
  }

  function form(number: number, one: string, other: string): string {
    const forms = found(other);
    if (typeof forms === "string") return forms;
    if (forms === undefined) return english.select(number) === "one" ? one : other;
    return forms[rules.select(number)] ?? forms.other ?? other;
  }

  function filled(sentence: string, values: Values): string {
    return sentence.replace(PLACE, (place, sign: string, name: string) => {
      const value = values[name];
      if (value === undefined) return place;
      return `${before}${sign}${typeof value === "number" ? count(value) : value}${after}`;
    });
  }

  function around(sentence: string, values: Children): ComponentChildren[] {
    const pieces = sentence.split(/\{(\w+)\}/);
    return pieces.map((piece, index) => (index % 2 === 0 ? piece : values[piece]));
  }

  return {
    count,

    /** The sentence `english` with its `{places}` filled: `t("Follow @{handle}", { handle })`. */
    t: (english: string, values: Values = {}): string => filled(written(english), values),

    /** A sentence about a number, which is at `{count}`: `counted(n, "{count} like", "{count} likes")`. */
    counted: (number: number, one: string, other: string, values: Values = {}): string =>
      filled(form(number, one, other), { count: number, ...values }),

    /** A sentence with elements in it: `parts("{name} likes your post", { name: <Name … /> })`. */
    parts: (english: string, values: Children): ComponentChildren[] =>
      around(written(english), values),

    /** A sentence about a number with elements in it. */
    countedParts: (
      number: number,
      one: string,
      other: string,
      values: Children,
    ): ComponentChildren[] => around(form(number, one, other), { count: count(number), ...values }),

    /** The translation under a key that is no English sentence, if there is one. */
    translated,
  };
}
