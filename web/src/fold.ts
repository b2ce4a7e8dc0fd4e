/** Hashtags as the API compares them. It keeps one that is followed in this way. */

/** Letters that Unicode does not split into a base letter and an accent. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  ς: "σ",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  æ: "ae",
  œ: "oe",
  ı: "i",
  ħ: "h",
};
/** Soft hyphens, Hebrew and Arabic points, emoji styles and skin tones. */
const LEFT_OUT =
  /\u00ad|[\u0591-\u05c7]|[\u0610-\u061a]|\u0640|[\u064b-\u065f]|\u0670|\ufe0e|\ufe0f|\p{Emoji_Modifier}/gu;

/** The tag without width, case and accents: two that are the same then are one hashtag. */
export function foldTag(tag: string): string {
  return (
    tag
      .normalize("NFKC")
      .toLowerCase()
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      // In other scripts a mark makes a different letter: か is not が.
      .normalize("NFC")
      .replace(LEFT_OUT, "")
      .replace(/[ßςøłđðþæœıħ]/g, (letter) => LETTERS[letter]!)
  );
}
