/** Which pattern of an address a path has. */

/** The values of a pattern like `/u/:handle`, or null where the path is another one. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const found = path.split("/");
  if (wanted.length !== found.length) return null;
  const values: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = found[index] ?? "";
    if (part.startsWith(":")) {
      if (text === "") return null;
      try {
        values[part.slice(1)] = decodeURIComponent(text);
      } catch {
        return null; // a stray percent sign
      }
    } else if (part !== text) {
      return null;
    }
  }
  return values;
}
