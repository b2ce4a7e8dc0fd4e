/** The one request that `index.html` sends by itself, before any of this code is there. */

interface Early {
  readonly url: string;
  readonly token: string;
  readonly answer: Promise<Response>;
}

/** The answer, if it is to this request of this user; once. */
export function early(method: string, url: string, token: string): Promise<Response> | undefined {
  const page = window as { early?: Early };
  const sent = page.early;
  delete page.early;
  const isThis = method === "get" && sent?.url === url && sent.token === token;
  return isThis ? sent.answer : undefined;
}
