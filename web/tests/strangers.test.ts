/** What is asked for while nobody is signed in. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

class Shelf {
  readonly #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}

let asked: { request: string; authorization: string | null }[] = [];
let status = 200;

Object.assign(globalThis, {
  window: {
    addEventListener: () => undefined,
    location: { pathname: "/p/P1", search: "", hash: "" },
  },
  history: { state: null, replaceState: () => undefined },
  localStorage: new Shelf(),
  sessionStorage: new Shelf(),
  BroadcastChannel: class {
    postMessage(): void {}
  },
  fetch: async (url: string, init: RequestInit) => {
    const authorization = new Headers(init.headers).get("Authorization");
    asked.push({ request: `${init.method} ${url}`, authorization });
    const error = { code: "post_not_found", message: "There is no such post.", field: null };
    return Response.json(status === 200 ? { id: "P1" } : { error }, { status });
  },
});
sessionStorage.setItem(
  "shutterfeed.access",
  JSON.stringify({ token: `h.${btoa('{"sub":"ann"}')}.s`, expiresAt: Date.now() + 900_000 }),
);

const { read } = await import("../src/api.ts");
const { signedIn } = await import("../src/auth.ts");
const { isNotFound } = await import("../src/errors.ts");
const { ofPost, ofUser } = await import("../src/link-sources.ts");
const { fetchPost, recall } = await import("../src/posts.ts");

beforeEach(() => {
  asked = [];
  status = 200;
  signedIn.set(false);
});

test("what everybody may see is asked for without a token", async () => {
  await read("/public/hashtags/{tag}/posts", { path: { tag: "däm mer" }, query: { limit: 30 } });
  assert.deepEqual(asked, [
    { request: "GET /api/public/hashtags/d%C3%A4m%20mer/posts?limit=30", authorization: null },
  ]);
});

test("a stranger's post and its new links come from where everybody may read", async () => {
  await fetchPost("P1");
  assert.equal(recall("P1")?.id, "P1");
  await ofPost("P1").read();
  await ofUser("ann").read();
  assert.deepEqual(
    asked.map(({ request }) => request),
    ["GET /api/public/posts/P1", "GET /api/public/posts/P1", "GET /api/public/users/ann"],
  );
  assert.ok(asked.every(({ authorization }) => authorization === null));
});

test("whoever is signed in asks as themselves", async () => {
  signedIn.set(true);
  await fetchPost("P1");
  await ofUser("ann").read();
  assert.deepEqual(
    asked.map(({ request }) => request),
    ["GET /api/posts/P1", "GET /api/users/ann"],
  );
  assert.ok(asked.every(({ authorization }) => authorization?.startsWith("Bearer ")));
});

test("what strangers may not see is not found", async () => {
  status = 404;
  await assert.rejects(fetchPost("P2"), isNotFound);
});
