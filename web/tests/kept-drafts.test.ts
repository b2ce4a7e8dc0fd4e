/** Drafts that this browser keeps: put aside, continued, given up and brought back. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { heldElsewhere, indexedDB, locks, Shelf, shelves } from "./browser.ts";

let asked: string[] = [];
let answer: (does: string) => Promise<Response>;

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
  indexedDB,
  BroadcastChannel: class {
    postMessage(): void {}
  },
  fetch: async (url: string, { method = "GET" }: RequestInit = {}) => {
    if (url.includes("/me/")) return Response.json({ items: [], handle: "ann" });
    asked.push(`${method} ${url.replace("/api", "")}`);
    return answer(asked.at(-1)!);
  },
});
Object.defineProperty(globalThis, "navigator", {
  value: { onLine: true, languages: [], locks },
});
mock.method(console, "warn", () => undefined);
sessionStorage.setItem(
  "shutterfeed.access",
  JSON.stringify({ token: `h.${btoa('{"sub":"ann"}')}.s`, expiresAt: Date.now() + 900_000 }),
);
localStorage.setItem("shutterfeed.refresh", "good");
mock.timers.enable({ apis: ["setTimeout"] });

const { toasts } = await import("../src/toasts.ts");
const { outgoing } = await import("../src/pending.ts");
const { continueDraft, discardDraft } = await import("../src/upload/continuing.ts");
const { draft, edit, loadDraft, post, putAside } = await import("../src/upload/draft.ts");
const { newItem } = await import("../src/upload/item.ts");
const { EMPTY, keptOf } = await import("../src/upload/kept-draft.ts");
const { discardOutgoing } = await import("../src/upload/outbox.ts");
const { rowsOf } = await import("../src/upload/own-drafts.ts");
const { keptChanges, keptDrafts, leaveSlot, takeSlot } = await import("../src/upload/slot.ts");

const itemOf = (name: string) =>
  ({
    ...newItem(new File([name], name, { type: "image/jpeg" })),
    type: "image/jpeg",
    sha256: name,
  }) as const;
const SERVER = { postId: "P", until: null, words: "" };
const refused = (status: number, code: string) =>
  Response.json({ error: { code, message: "No.", field: null } }, { status });

async function rest(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Until what is chosen is kept, and not until it is sent. */
async function keeping(): Promise<void> {
  mock.timers.tick(400);
  await rest();
}

const captions = () =>
  [...shelves.draft.values()].map((kept) => (kept as { caption: string }).caption);

/** The row of a draft that is kept, whose file is kept, too. */
async function aside(caption: string, given: object = {}) {
  const item = itemOf(caption);
  shelves.files.set(item.id, item.file);
  const kept = { ...keptOf({ ...EMPTY, items: [item], caption }), isAside: true, ...given };
  shelves.draft.set(caption, kept);
  const [row] = rowsOf([], new Map([[caption, kept]]));
  return row!;
}

beforeEach(async () => {
  draft.set(EMPTY);
  await keeping();
  leaveSlot();
  for (const rows of Object.values(shelves)) rows.clear();
  heldElsewhere.clear();
  asked = [];
  answer = async () => refused(404, "post_not_found");
});

test("what is put aside is kept, and a new post does not go on with it", async () => {
  await loadDraft();
  edit({ items: [itemOf("lake")], caption: "At the lake" });
  await rest();
  assert.equal(await putAside(), true);
  assert.deepEqual(draft.value.items, []);
  await loadDraft();
  await keeping();
  assert.deepEqual(draft.value.items, []);
  assert.deepEqual(captions(), ["At the lake"]);
});

test("what asks for a draft is kept before the API is asked: the page may be closed before it answers", async () => {
  await loadDraft();
  let kept: unknown[] = [];
  answer = async () => {
    kept = [...shelves.draft.values()];
    throw new TypeError("network");
  };
  edit({ items: [itemOf("lake")], caption: "At the lake" });
  mock.timers.tick(1_500);
  await rest();
  const [{ caption, declaring }] = kept as [ReturnType<typeof keptOf>];
  assert.deepEqual([caption, declaring?.items.length], ["At the lake", 1]);
});

test("a draft is continued, and what stood in the dialog is put aside", async () => {
  const lake = await aside("At the lake");
  await loadDraft();
  edit({ items: [itemOf("sea")], caption: "At the sea" });
  await keeping();
  await continueDraft(lake);
  await keeping();
  assert.equal(draft.value.caption, "At the lake");
  assert.deepEqual(
    draft.value.items.map(({ name }) => name),
    ["At the lake"],
  );
  const kept = [...(await keptDrafts()).values()];
  assert.deepEqual(
    kept.map(({ caption, isAside = false }) => [caption, isAside]),
    [
      ["At the lake", false],
      ["At the sea", true],
    ],
  );
});

test("a draft that another tab has open is not taken from it", async () => {
  const lake = await aside("At the lake");
  heldElsewhere.add("shutterfeed.draft.At the lake");
  await continueDraft(lake);
  assert.match(toasts.value!.text, /another tab/);
  await discardDraft(lake);
  assert.deepEqual(captions(), ["At the lake"]);
  assert.deepEqual(draft.value.items, []);
});

test("a draft that was posted elsewhere is not posted again", async () => {
  const lake = await aside("At the lake", { server: { ...SERVER, media: {} } });
  answer = async () => Response.json({ id: "P", state: "published", media: [], draft_until: null });
  await continueDraft(lake);
  assert.match(toasts.value!.text, /was posted/);
  assert.deepEqual(draft.value.items, []);
  await rest();
  assert.deepEqual([shelves.draft.size, shelves.files.size], [0, 0]);
});

test("a draft of the list that is discarded comes back with Undo, there and here", async () => {
  const lake = await aside("At the lake", { server: { ...SERVER, media: {} } });
  answer = async () => new Response(null, { status: 204 });
  await discardDraft(lake);
  await rest();
  assert.deepEqual(asked, ["DELETE /posts/P"]);
  assert.deepEqual(captions(), []);
  let restore: (restored: Response) => void = () => undefined;
  answer = () => new Promise((resolve) => (restore = resolve));
  toasts.value!.onAction!();
  await rest();
  const here = keptChanges.value;
  restore(Response.json({ id: "P", state: "draft", media: [] }));
  await rest();
  assert.equal(keptChanges.value, here + 1, "the list is read again once the API has it");
  assert.deepEqual(asked, ["DELETE /posts/P", "POST /posts/P/restore"]);
  assert.deepEqual(captions(), ["At the lake"]);
});

test("what is posted again by Undo leaves the draft alone that was begun since", async () => {
  await loadDraft();
  answer = () => Promise.reject(new TypeError("offline"));
  edit({ items: [itemOf("lake")], caption: "At the lake" });
  await keeping();
  post();
  await rest();
  discardOutgoing(outgoing.value[0]!.key);
  edit({ items: [itemOf("sea")], caption: "At the sea" });
  await keeping();
  toasts.value!.onAction!();
  await rest();
  assert.deepEqual(captions(), ["At the sea"]);
});

test("a draft that could not be deleted is deleted by the next page, not while this one may undo it", async () => {
  await loadDraft();
  edit({ items: [itemOf("lake")], server: { ...SERVER, media: {} } });
  await keeping();
  answer = () => Promise.reject(new TypeError("offline"));
  post();
  await rest();
  discardOutgoing(outgoing.value[0]!.key);
  await rest();
  assert.deepEqual([...shelves.draft.keys()], ["P"]);
  asked = [];
  answer = async () => new Response(null, { status: 204 });
  await takeSlot();
  await rest();
  assert.deepEqual(asked, [], "this page has it");
  // As the next page finds it.
  shelves.draft.set("Q", { ...keptOf(EMPTY), server: { ...SERVER, postId: "Q", media: {} } });
  await takeSlot();
  await rest();
  assert.deepEqual(asked, ["DELETE /posts/Q"]);
  assert.deepEqual([...shelves.draft.keys()], ["P"]);
});
