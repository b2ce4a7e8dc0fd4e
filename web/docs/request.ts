/** What a form sends: its fields are named by where they go, such as `query.limit`. */

export interface Filled {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string | null;
}

/** What is empty is left out, but for what belongs into the path. */
export function fill(base: string, path: string, fields: Iterable<[string, unknown]>): Filled {
  const headers = new Headers();
  const query = new URLSearchParams();
  let address = path;
  let body: string | null = null;
  for (const [field, value] of fields) {
    const text = String(value);
    const [where, name = ""] = field.split(".");
    if (where === "path") address = address.replace(`{${name}}`, () => encodeURIComponent(text));
    else if (where === "body") body = text;
    else if (text !== "" && where === "query") query.set(name, text);
    else if (text !== "") headers.set(name, text);
  }
  if (body !== null) headers.set("Content-Type", "application/json");
  return { url: base + address + (query.size > 0 ? `?${query}` : ""), headers, body };
}
