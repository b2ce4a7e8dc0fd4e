/** Where somebody wanted to go before they were asked to sign in. It survives a reload, as the way there takes one. */

const KEY = "shutterfeed.wanted";

/** Whoever signs in goes on to this address of the app. The welcome of new users leads on to it, never to itself. */
export function comeBackTo(address: string): void {
  if (!address.startsWith("/welcome")) sessionStorage.setItem(KEY, address);
}

/** The address to go on to, which is forgotten with that; the feed if there is none. */
export function takeWanted(): string {
  const wanted = sessionStorage.getItem(KEY) ?? "/";
  sessionStorage.removeItem(KEY);
  return wanted;
}
