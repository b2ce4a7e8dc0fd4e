/** A post is seen as posted at once, and told to the API until it has taken or refused it. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

class Shelf {
  readonly #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly key: string | null;
  readonly body: string;
}

let asked: Asked[] = [];
let answer: (one: Asked) => Promise<Response>;

Object.assign(globalThis, {
  window: {
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    location: { pathname: "/", search: "", hash: "" },
  },
  document: { hidden: false, addEventListener: () => undefined },
  requestAnimationFrame: setImmediate,
  history: { state: null, replaceState: () => undefined },
  localStorage: new Shelf(),
  sessionStorage: new Shelf(),
  // As in private windows that keep nothing.
  indexedDB: {
    open: () => {
      throw new DOMException("No.", "SecurityError");
    },
  },
  BroadcastChannel: class {
    postMessage(): void {}
  },
  fetch: async (url: string, { method = "GET", headers, body }: RequestInit = {}) => {
    const key = new Headers(headers).get("Idempotency-Key");
    const one: Asked = { method, url, key, body: String(body) };
    asked.push(one);
    return answer(one);
  },
});
Object.defineProperty(globalThis, "navigator", {
  value: {
    onLine: true,
    languages: [],
    locks: {
      query: async () => ({ held: [], pending: [] }),
      request: async (_: string, ...given: ((lock: unknown) => unknown)[]) => given.at(-1)!({}),
    },
  },
});
mock.method(console, "warn", () => undefined);
sessionStorage.setItem(
  "shutterfeed.access",
  JSON.stringify({ token: `h.${btoa('{"sub":"ann"}')}.s`, expiresAt: Date.now() + 900_000 }),
);
localStorage.setItem("shutterfeed.refresh", "good");
mock.timers.enable({ apis: ["setTimeout"] });

const { outgoing, pending } = await import("../src/pending.ts");
const { discardOutgoing, send, takeBack } = await import("../src/upload/outbox.ts");
const { draft, obstacle } = await import("../src/upload/draft.ts");
const { newItem } = await import("../src/upload/item.ts");
const { NO_WORDS } = await import("../src/upload/body.ts");
const { toasts } = await import("../src/toasts.ts");

const item = {
  ...newItem(new File(["lake"], "lake.jpg", { type: "image/jpeg" })),
  type: "image/jpeg",
  sha256: "00",
} as const;
const lake = { ...draft.value, items: [item], caption: "At the lake" };
const created = () =>
  Response.json(
    {
      post: { id: "P", state: "pending", created_at: "", media: [{ id: "M", state: "awaiting" }] },
      uploads: [],
    },
    { status: 201 },
  );
const refused = () =>
  Response.json(
    { error: { code: "cannot_be_tagged", message: "Nobody.", field: "media[0].people[0]" } },
    { status: 400 },
  );

/** Lets everything happen that needs no time. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(() => {
  asked = [];
  outgoing.set([]);
  pending.set([]);
});

test("a post is seen before the API has answered, and then is the API's", async () => {
  let go!: () => void;
  answer = () => new Promise((resolve) => (go = () => resolve(created())));
  send(lake);
  assert.deepEqual(
    outgoing.value.map(({ caption, problem }) => [caption, problem]),
    [["At the lake", null]],
  );
  await rest();
  assert.equal(outgoing.value.length, 1);
  go();
  await rest();
  assert.deepEqual(outgoing.value, []);
  assert.deepEqual(
    pending.value.map(({ id }) => id),
    ["P"],
  );
});

test("an album is seen by those of its pictures that may be shown", async () => {
  answer = () => new Promise(() => undefined);
  const shown = (...previews: (string | null)[]) => {
    send({ ...lake, items: previews.map((preview) => ({ ...item, preview })) });
    return outgoing.value[0]!.previews;
  };
  assert.deepEqual(shown(null, "blob:2", "blob:3"), ["blob:2", "blob:3"]);
  assert.deepEqual(shown(null), []);
  for (const { key } of outgoing.value) takeBack(key);
  await rest();
});

test("while the API cannot be reached it is asked again, by the same key: there is no second post", async () => {
  answer = () => Promise.reject(new TypeError("offline"));
  send(lake);
  await rest();
  assert.match(outgoing.value[0]!.waitsFor ?? "", /^There is no connection\./);
  answer = async () => created();
  mock.timers.tick(2_000);
  await rest();
  const posted = asked.filter(({ method }) => method === "POST");
  assert.equal(posted.length, 2);
  assert.equal(posted[0]!.key, posted[1]!.key);
  assert.deepEqual(outgoing.value, []);
});

test("what the API refuses says why, and is a draft again", async () => {
  answer = async () => refused();
  send(lake);
  await rest();
  const [{ key, problem } = assert.fail()] = outgoing.value;
  assert.equal(problem, "Nobody.");
  assert.equal(takeBack(key)?.caption, "At the lake");
  assert.deepEqual(outgoing.value, []);
});

test("what is discarded while the API is asked is deleted there, and can be brought back", async () => {
  let go!: () => void;
  answer = () => new Promise((resolve) => (go = () => resolve(created())));
  send(lake);
  await rest();
  discardOutgoing(outgoing.value[0]!.key);
  assert.deepEqual(outgoing.value, []);
  answer = async () => new Response(null, { status: 204 });
  go();
  await rest();
  assert.deepEqual(
    asked.map(({ method, url }) => `${method} ${url}`),
    ["POST /api/posts", "DELETE /api/posts/P"],
  );
  assert.deepEqual(pending.value, []);
  answer = async () => created();
  toasts.value!.onAction!();
  assert.equal(outgoing.value.length, 1);
  await rest();
  assert.equal(pending.value.length, 1);
});

/** The API's side of a draft with two stored photos; the first answer to the request that posts it is lost. */
function twoStored(): (one: Asked) => Promise<Response> {
  let media = ["M1", "M2"].map((id) => ({ id, crop: null as unknown, replaces: "" }));
  let posted: string | null = null;
  const shown = (state: string) =>
    Response.json({ post: { id: "P", state, created_at: "", media }, uploads: [] });
  return async ({ method, url, body }) => {
    const [, replaced] = url.match(/media\/(.*)\/crop$/) ?? [];
    if (replaced !== undefined) {
      const { crop } = JSON.parse(body);
      const made = { id: `${replaced} cropped`, crop, replaces: replaced };
      media = media.map((medium) => (medium.id === replaced ? made : medium));
      return shown("draft");
    }
    if (method === "POST") return created();
    if (posted === null) {
      posted = body;
      throw new TypeError("The answer is lost.");
    }
    if (posted === body) return shown("processing");
    const error = { code: "not_a_draft", message: "Not any more.", field: null };
    return Response.json({ error }, { status: 409 });
  };
}

test("photos that are cropped alike are posted once, if the answer to posting them is lost", async () => {
  const crop = { x: 0, y: 0, width: 0.5, height: 1 };
  const items = ["one", "two"].map((id) => ({ ...item, id, crop }));
  const media = { one: { id: "M1", crop: null }, two: { id: "M2", crop: null } };
  answer = twoStored();
  send({ ...lake, items, server: { postId: "P", media, until: "later", words: NO_WORDS } });
  await rest();
  mock.timers.tick(2_000);
  await rest();
  const told = asked.map(({ method, url }) => `${method} ${url}`);
  assert.equal(told.filter((one) => one === "PUT /api/posts/P/draft").length, 2, told.join());
  assert.equal(told.filter((one) => one.startsWith("POST")).length, 0, told.join());
  assert.deepEqual(
    pending.value.map(({ id }) => id),
    ["P"],
  );
});

test("files that cannot be posted are left out; nothing can be posted if none is left", () => {
  const bad = { ...item, problem: "The file is empty." };
  assert.equal(obstacle({ ...lake, items: [item, bad] }), null);
  assert.match(obstacle({ ...lake, items: [bad] }) ?? "", /choose others/);
  assert.match(obstacle({ ...lake, items: [] }) ?? "", /first/);
});
