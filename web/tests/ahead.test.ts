/** The files of a draft are sent while its author writes, and the draft is posted by one request. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

class Shelf {
  readonly #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}

interface Asked {
  readonly does: string;
  readonly key: string | null;
  readonly body: {
    readonly media?: {
      readonly id?: string | null;
      readonly file?: { readonly sha256: string } | null;
    }[];
  } & Record<string, unknown>;
}

let asked: Asked[] = [];
let answer: (asked: Asked) => Promise<Response>;
const connection = { saveData: false };

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
    const one = {
      does: `${method} ${url}`,
      key: new Headers(headers).get("Idempotency-Key"),
      body: JSON.parse((body as string | undefined) ?? "{}"),
    };
    if (method === "GET") return Response.json({ items: [] });
    asked.push(one);
    return answer(one);
  },
});
Object.defineProperty(globalThis, "navigator", {
  value: {
    onLine: true,
    languages: [],
    connection,
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
const { changeItem, discard, draft, edit, post, tellNow } = await import("../src/upload/draft.ts");
const { EMPTY } = await import("../src/upload/kept-draft.ts");
const { newItem } = await import("../src/upload/item.ts");
const { keepFile } = await import("../src/upload/kept.ts");
const { discardOutgoing } = await import("../src/upload/outbox.ts");
const { batches } = await import("../src/upload/queue.ts");
const { toasts } = await import("../src/toasts.ts");

const itemOf = (name: string) =>
  ({
    ...newItem(new File([name], name, { type: "image/jpeg" })),
    type: "image/jpeg",
    sha256: name,
  }) as const;

/** As the API answers: all has arrived. */
const made = (id: string, draftUntil: string | null, ...media: (string | object)[]) =>
  Response.json({
    post: {
      id,
      state: "pending",
      created_at: "",
      draft_until: draftUntil,
      media: media.map((one) => ({
        ...{ state: "awaiting", failure: null, crop: null },
        ...(typeof one === "string" ? { id: one } : one),
      })),
    },
    uploads: [],
  });
const refused = (status: number, code: string) =>
  Response.json({ error: { code, message: "No.", field: null } }, { status });

const last = (): Asked => asked.at(-1)!;

/** Lets everything happen that needs no time. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function wait(): Promise<void> {
  mock.timers.tick(1_500);
  await rest();
}

beforeEach(() => {
  asked = [];
  connection.saveData = false;
  draft.set(EMPTY);
  pending.set([]);
  batches.set([]);
  answer = async ({ body }) =>
    made("P", "later", ...(body.media ?? []).map((one, at) => one.id ?? `M${at}`));
});

test("what stands in the dialog for a moment is sent as a draft without any words", async () => {
  edit({ items: [itemOf("lake")], caption: "Only mine yet" });
  await rest();
  assert.deepEqual(asked, []);
  await wait();
  assert.deepEqual(
    asked.map(({ does }) => does),
    ["POST /api/posts"],
  );
  const first = last();
  assert.equal(first.body.draft, true);
  assert.equal(JSON.stringify(first.body).includes("Only mine"), false);
  const [item] = draft.value.items;
  assert.equal(draft.value.server?.postId, "P");
  assert.deepEqual(draft.value.server?.media, { [item!.id]: { id: "M0", crop: null } });
  assert.deepEqual(pending.value, [], "nothing is shown as posted");
  edit({ caption: "Only mine yet, and longer" });
  await wait();
  assert.equal(asked.length, 1);
});

test("another file is added to the same draft, and one that is removed is left out", async () => {
  const [lake, sea] = [itemOf("lake"), itemOf("sea")];
  edit({ items: [lake] });
  await wait();
  edit({ items: [sea, lake] });
  await wait();
  const put = last();
  assert.equal(put.does, "PUT /api/posts/P/draft");
  assert.deepEqual(
    put.body.media!.map(({ id }) => id),
    [null, "M0"],
  );
  edit({ items: [sea] });
  await wait();
  assert.equal(last().body.media!.length, 1);
  assert.deepEqual(Object.keys(draft.value.server!.media), [sea.id]);
});

test("a photo that is cropped meanwhile is cropped there, and is not sent again", async () => {
  const lake = itemOf("lake");
  const crop = { x: 0, y: 0, width: 0.5, height: 1 };
  edit({ items: [lake] });
  await wait();
  answer = async ({ does, body }) =>
    made("P", does.endsWith("draft") && body.publish ? null : "later", { id: "C0", crop });
  edit({ items: [{ ...lake, crop }] });
  await wait();
  assert.deepEqual(
    asked.map(({ does }) => does),
    ["POST /api/posts", "PUT /api/posts/P/media/M0/crop", "PUT /api/posts/P/draft"],
  );
  assert.deepEqual(draft.value.server?.media, { [lake.id]: { id: "C0", crop } });
  post();
  await rest();
  assert.equal(asked.length, 4, "one request posts it");
});

test("nothing is sent ahead while the browser saves data", async () => {
  connection.saveData = true;
  edit({ items: [itemOf("lake")] });
  await wait();
  assert.deepEqual(asked, []);
});

test("a draft is posted by one request with all that was said", async () => {
  edit({ items: [itemOf("lake")] });
  await wait();
  edit({ caption: "At the lake" });
  answer = async () => made("P", null, "M0");
  post();
  await rest();
  assert.deepEqual(
    asked.map(({ does }) => does),
    ["POST /api/posts", "PUT /api/posts/P/draft"],
  );
  const { body } = asked[1]!;
  assert.deepEqual([body.publish, body.caption], [true, "At the lake"]);
  assert.deepEqual(
    body.media!.map(({ id }) => id),
    ["M0"],
  );
  assert.deepEqual(
    pending.value.map(({ id }) => id),
    ["P"],
  );
});

test("what the API has no longer is posted anew, with a key of its own", async () => {
  edit({ items: [itemOf("lake")] });
  await wait();
  answer = async ({ does }) =>
    does.startsWith("PUT") ? refused(409, "draft_expired") : made("Q", null, "N0");
  post();
  await rest();
  assert.deepEqual(
    asked.map(({ does }) => does),
    ["POST /api/posts", "PUT /api/posts/P/draft", "POST /api/posts"],
  );
  assert.notEqual(asked[2]!.key, asked[0]!.key);
  assert.equal(asked[2]!.body.draft, false);
});

test("a discarded draft is deleted at once, and Undo restores it before more is told of it", async () => {
  edit({ items: [itemOf("lake")] });
  await wait();
  answer = async () => new Response(null, { status: 204 });
  discard();
  assert.deepEqual(batches.value, []);
  await rest();
  assert.equal(last().does, "DELETE /api/posts/P");
  let go!: () => void;
  answer = ({ does }) =>
    does.endsWith("/restore")
      ? new Promise((resolve) => (go = () => resolve(Response.json({ id: "P", media: [] }))))
      : Promise.resolve(made("P", "later", "M0"));
  toasts.value!.onAction!();
  assert.equal(draft.value.server?.postId, "P");
  await wait();
  assert.equal(last().does, "POST /api/posts/P/restore");
  go();
  await rest();
  assert.equal(last().does, "PUT /api/posts/P/draft");
});

test("what was said is told once its author leaves it, and another file takes nothing of it back", async () => {
  edit({ items: [itemOf("lake")], caption: "At the lake" });
  await wait();
  await tellNow();
  assert.deepEqual([last().body.caption, last().body.publish], ["At the lake", false]);
  const told = asked.length;
  await tellNow();
  assert.equal(asked.length, told, "nothing has changed since");
  edit({ items: [...draft.value.items, itemOf("sea")] });
  await wait();
  assert.deepEqual([last().body.caption, last().body.media?.length], ["At the lake", 2]);
});

test("a draft that the API makes too late is deleted: it was discarded, or posted without it", async () => {
  let go!: () => void;
  answer = () => new Promise((resolve) => (go = () => resolve(made("P", "later", "M0"))));
  edit({ items: [itemOf("lake")] });
  await wait();
  discard();
  answer = async () => new Response(null, { status: 204 });
  go();
  await rest();
  assert.deepEqual(
    asked.map(({ does }) => does),
    ["POST /api/posts", "DELETE /api/posts/P"],
  );
});

test("a draft whose answer was lost is heard of with the same key, whatever was chosen since, also by the next page", async () => {
  const [lake, sea] = [itemOf("lake"), itemOf("sea")];
  answer = async () => {
    throw new TypeError("network");
  };
  edit({ items: [lake] });
  await wait();
  const { declaring } = draft.value;
  const first = last();
  assert.equal(declaring?.key, first.key);
  draft.set(EMPTY); // as in a page that was closed
  answer = async ({ body }) =>
    made("P", "later", ...(body.media ?? []).map((one, at) => one.id ?? `M${at}`));
  edit({ items: [sea, lake], declaring });
  await wait();
  const again = asked.slice(1);
  assert.deepEqual(
    again.map(({ does }) => does),
    ["POST /api/posts", "PUT /api/posts/P/draft"],
  );
  assert.deepEqual([again[0]!.key, again[0]!.body], [first.key, first.body]);
  assert.deepEqual(
    last().body.media!.map(({ id }) => id),
    [null, "M0"],
  );
  assert.equal(draft.value.declaring, null);
});

test("a draft that was discarded while it was declared is declared anew once that is undone", async () => {
  let go!: () => void;
  answer = () => new Promise((resolve) => (go = () => resolve(made("P", "later", "M0"))));
  edit({ items: [itemOf("lake")] });
  await wait();
  discard();
  answer = async () => new Response(null, { status: 204 });
  go();
  await rest();
  const { key } = asked[0]!;
  answer = async (one) =>
    one.key === key ? refused(409, "post_deleted") : made("Q", "later", "N0");
  toasts.value!.onAction!();
  await wait();
  assert.deepEqual(
    asked.map(({ does }) => does),
    ["POST /api/posts", "DELETE /api/posts/P", "POST /api/posts", "POST /api/posts"],
  );
  assert.equal(draft.value.server?.postId, "Q");
});

test("a file that never came is declared anew, and one that was refused says why", async () => {
  const [lake, sea] = [itemOf("lake"), itemOf("sea")];
  const failed = (code: string) => ({
    state: "failed",
    failure: { code, message: "No.", field: null },
  });
  let turn = 0;
  answer = async () => {
    const media = [
      turn === 0 ? { id: "M0", ...failed("never_arrived") } : { id: "N0", failure: null },
      { id: "M1", ...failed("no_such_code") },
    ].slice(0, turn === 0 ? 2 : 1);
    turn++;
    return Response.json({
      post: { id: "P", created_at: "", draft_until: "", media },
      uploads: [],
    });
  };
  edit({ items: [lake, sea] });
  await wait();
  const [first, second] = draft.value.items;
  assert.deepEqual(draft.value.server?.media, { [first!.id]: { id: "N0", crop: null } });
  assert.notEqual(second!.problem, null);
  assert.deepEqual(
    last().body.media!.map(({ id }) => id),
    [null],
  );
});

test("a draft that is brought back behind another one loses no words, and its files are not sent again", async () => {
  const lake = itemOf("lake");
  const place = { name: "Lake Louise", latitude: 1, longitude: 2 };
  edit({ items: [lake], caption: "At the lake", place, isSensitive: true });
  await wait();
  discard();
  edit({ items: [itemOf("sea")], caption: "At the sea", keepsCapture: true });
  toasts.value!.onAction!();
  const { items, caption, server, isSensitive, keepsCapture, note } = draft.value;
  assert.deepEqual(
    items.map(({ name }) => name),
    ["sea", "lake"],
  );
  assert.equal(caption, "At the sea\nAt the lake");
  assert.deepEqual(draft.value.place, place);
  assert.deepEqual([isSensitive, keepsCapture, note], [true, true, null]);
  assert.deepEqual(server?.media, { [lake.id]: { id: "M0", crop: null } });
  await wait();
  assert.deepEqual(
    last().body.media!.map(({ id }) => id),
    [null, "M0"],
  );
});

test("whoever brings more files back than there is room for is told so", () => {
  edit({ items: Array.from({ length: 6 }, (_, index) => itemOf(`a${index}`)) });
  discard();
  edit({ items: Array.from({ length: 6 }, (_, index) => itemOf(`b${index}`)) });
  toasts.value!.onAction!();
  assert.equal(draft.value.items.length, 10);
  assert.match(draft.value.note ?? "", /2 files were left out/);
});

test("of two drafts that become one post, the API keeps one", async () => {
  edit({ items: [itemOf("lake")] });
  await wait();
  discard();
  answer = async () => made("Q", "later", "N0");
  edit({ items: [itemOf("sea")] });
  await wait();
  toasts.value!.onAction!();
  await rest();
  assert.equal(draft.value.server?.postId, "Q");
  assert.equal(last().does, "DELETE /api/posts/P");
});

test("a draft that is brought back as it was is sent on", async () => {
  edit({ items: [itemOf("lake")] });
  await wait();
  discard();
  toasts.value!.onAction!();
  assert.equal(batches.value.length, 0);
  await wait();
  assert.equal(last().does, "PUT /api/posts/P/draft");
  assert.deepEqual(
    batches.value.map((batch) => batch.post.id),
    ["P"],
  );
  await wait();
  assert.equal(asked.length, 4, "all is known: it was deleted, restored and told of once");
});

test("files are sent once it is known that another one cannot be", async () => {
  const unknown = { ...itemOf("movie"), sha256: null };
  edit({ items: [itemOf("lake"), unknown] });
  await wait();
  assert.deepEqual(asked, []);
  changeItem(unknown.id, { problem: "Too long." });
  await wait();
  assert.equal(last().body.media?.length, 1);
});

test("a photo that is cropped is never taken for one whose file did not come", async () => {
  const [lake, sea] = [itemOf("lake"), itemOf("sea")];
  const crop = { x: 0, y: 0, width: 0.5, height: 1 };
  const lost = { id: "M0", failure: { code: "never_arrived", message: "No.", field: null } };
  const there = (id: string, part: object | null = null) => ({ id, failure: null, crop: part });
  const told = (...media: object[]) =>
    Response.json({ post: { id: "P", created_at: "", draft_until: "", media }, uploads: [] });
  answer = async ({ does }) => {
    if (does.endsWith("/posts")) {
      changeItem(sea.id, { crop });
      return told(lost, there("M1"));
    }
    return does.endsWith("/crop")
      ? told(lost, there("C1", crop))
      : told(there("N0"), there("C1", crop));
  };
  edit({ items: [lake, sea] });
  await wait();
  assert.deepEqual(
    asked.map(({ does }) => does),
    ["POST /api/posts", "PUT /api/posts/P/media/M1/crop", "PUT /api/posts/P/draft"],
  );
  assert.deepEqual(
    last().body.media!.map(({ id }) => id),
    [null, "C1"],
  );
});

test("a photo that is cropped is never taken for one of which the API's answer was lost", async () => {
  const [lake, sea] = [itemOf("lake"), itemOf("sea")];
  const crop = { x: 0, y: 0, width: 0.5, height: 1 };
  answer = async ({ does }) => {
    if (does.endsWith("/posts")) return made("P", "later", "M1");
    if (isCut) throw new TypeError("network");
    return made("P", "later", { id: "N1", crop }, "N2");
  };
  let isCut = true;
  edit({ items: [lake] });
  await wait();
  edit({ items: [sea, lake] });
  await wait();
  assert.equal(last().does, "PUT /api/posts/P/draft");
  isCut = false;
  changeItem(lake.id, { crop });
  await wait();
  assert.deepEqual(
    last().body.media!.map(({ id }) => id),
    [null, "N1"],
  );
});

test("a photo of which all is shown again, beside one whose answer was lost, is told by its content", async () => {
  const lake = { ...itemOf("lake"), crop: { x: 0, y: 0, width: 0.5, height: 1 } };
  answer = async () => made("P", "later", { id: "M1", crop: lake.crop });
  edit({ items: [lake] });
  await wait();
  answer = async () => made("P", "later", "N1", "N2");
  edit({ items: [itemOf("sea"), { ...lake, crop: null }] });
  await wait();
  assert.deepEqual(
    last().body.media!.map(({ id, file }) => [id, file?.sha256]),
    [
      [null, "sea"],
      [null, "lake"],
    ],
  );
});

test("a file that cannot be read any more is not kept, and that is all", async () => {
  const file = new File(["lake"], "lake.jpg");
  file.arrayBuffer = () => Promise.reject(new DOMException("It is gone.", "NotFoundError"));
  assert.equal(await keepFile("lake", file), false);
});

test("a post that is discarded and brought back is not deleted by the late answer to what was discarded", async () => {
  edit({ items: [itemOf("lake")] });
  await wait();
  let go!: () => void;
  answer = () => new Promise((resolve) => (go = () => resolve(made("P", null, "M0"))));
  post();
  await rest();
  discardOutgoing(outgoing.value[0]!.key);
  answer = async () => made("P", null, "M0");
  toasts.value!.onAction!();
  await rest();
  go();
  await rest();
  assert.deepEqual(
    asked.slice(1).map(({ does }) => does),
    [
      "PUT /api/posts/P/draft",
      "DELETE /api/posts/P",
      "POST /api/posts/P/restore",
      "PUT /api/posts/P/draft",
    ],
  );
  assert.ok(pending.value.some(({ id }) => id === "P"));
});

test("a post that is discarded while it is posted is deleted, though its draft is gone", async () => {
  edit({ items: [itemOf("lake")] });
  await wait();
  let go!: () => void;
  answer = () => new Promise((resolve) => (go = () => resolve(made("P", null, "M0"))));
  post();
  await rest();
  discardOutgoing(outgoing.value[0]!.key);
  answer = async () => new Response(null, { status: 204 });
  go();
  await rest();
  assert.equal(last().does, "DELETE /api/posts/P");
});
