/** The address without empty parts: `//host/x` would lead to another site. */
export function plainPath(address: string): string {
  const [path = ""] = address.split(/[?#]/, 1);
  return path.replace(/\/{2,}/g, "/") + address.slice(path.length);
}

/** Whether a path is one of those that everybody may see (`PUBLIC_ROUTES` has their views). */
export function isPublic(path: string): boolean {
  return /^\/((p|u|tags|places)\/[^/]+|explore)$/.test(path);
}
