/** Markup that is safe to be put together: every text in it is escaped. */

export interface Html {
  readonly markup: string;
}

export type Piece = string | number | Html | false | undefined | readonly Piece[];

export function html(parts: TemplateStringsArray, ...pieces: Piece[]): Html {
  const [first = "", ...rest] = parts;
  return { markup: first + rest.map((part, i) => markupOf(pieces[i]) + part).join("") };
}

/** A text of the document: what stands between backticks is code. */
export function prose(text: string): Html {
  const pieces = text
    .split("`")
    .map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part));
  return html`${pieces}`;
}

function markupOf(piece: Piece): string {
  if (piece === undefined || piece === false) return "";
  if (typeof piece === "object") {
    return "markup" in piece ? piece.markup : piece.map(markupOf).join("");
  }
  return String(piece)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
