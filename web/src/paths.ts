/** The address without empty parts: `//host/x` would lead to another site. */
export function plainPath(address: string): string {
  const [path = ""] = address.split(/[?#]/, 1);
  return path.replace(/\/{2,}/g, "/") + address.slice(path.length);
}
