/**
 * Sentences in the reader's language. The English sentence is the key of its translations, so that English
 * needs no file; it stands as a literal at each call, where a test finds it.
 */

type Values = Readonly<Record<string, string | number>>;

const PLACE = /\{(\w+)\}/g;

/** `english` with its `{places}` filled: `t("Follow @{handle}", { handle })`. */
export function t(english: string, values: Values = {}): string {
  return english.replace(PLACE, (place, name: string) => String(values[name] ?? place));
}

/** A sentence about a number, which stands at `{count}`: `counted(n, "{count} like", "{count} likes")`. */
export function counted(count: number, one: string, other: string, values: Values = {}): string {
  return t(count === 1 ? one : other, { count, ...values });
}
