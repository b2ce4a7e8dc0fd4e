/** Answers that come late: what one has done since they were asked for stays. */
import assert from "node:assert/strict";
import test from "node:test";
import type { Comment, PostBody } from "../src/api.ts";
import { askedNow, noteWrite } from "../src/freshness.ts";
import { STRANGER } from "../src/relation.ts";

// What the modules look at while they are loaded.
const shelf = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
Object.assign(globalThis, {
  window: { addEventListener: () => undefined, location: { pathname: "/", search: "", hash: "" } },
  history: { state: null, replaceState: () => undefined },
  localStorage: shelf,
  sessionStorage: shelf,
  BroadcastChannel: class {
    postMessage(): void {}
  },
});

const { readPage, recall, rememberAnswered, rememberOwn } = await import("../src/posts.ts");
const { changing, readPeople } = await import("../src/relation-changes.ts");
const { relationTo } = await import("../src/relations.ts");
const { readComments, recallComment, rememberComment } = await import(
  "../src/answers/known-comments.ts"
);

/** An answer that comes when it is told to. */
function late<T>(answer: T): { ask: () => Promise<T>; come: () => void } {
  let come: () => void = () => undefined;
  const coming = new Promise<T>((resolve) => {
    come = () => resolve(answer);
  });
  return { ask: () => coming, come: () => come() };
}

const post = (id: string, changed: Partial<PostBody> = {}): PostBody =>
  ({
    id,
    author: { id: "ANN" },
    media: [],
    caption: "",
    liked_by_me: false,
    saved_by_me: false,
    reported_by_me: false,
    state: "published",
    ...changed,
    counts: { likes: changed.liked_by_me ? 1 : 0, comments: 0 },
  }) as unknown as PostBody;
const page = <T>(...items: T[]) => ({ items, next_cursor: null });

test("an answer knows what was written before it was asked for, and nothing later", () => {
  noteWrite("a");
  const knows = askedNow();
  assert.deepEqual(["a", "b"].map(knows), [true, true]);
  noteWrite("b");
  assert.deepEqual(["a", "b"].map(knows), [true, false]);
  assert.equal(askedNow()("b"), true);
});

test("a list that was asked for before a like or a save does not take it back", async () => {
  const { ask, come } = late(page(post("liked", { caption: "edited elsewhere" }), post("other")));
  const reading = readPage(ask);
  rememberAnswered(post("liked", { liked_by_me: true, saved_by_me: true }));
  come();
  await reading;
  const { liked_by_me, saved_by_me, counts, caption } = recall("liked")!;
  assert.deepEqual([liked_by_me, saved_by_me, counts.likes], [true, true, 1]);
  assert.equal(caption, "edited elsewhere", "all else is as the list says");
  assert.notEqual(recall("other"), undefined);

  await readPage(async () => page(post("liked")));
  assert.equal(recall("liked")!.liked_by_me, false, "taken back on another device since");
});

test("a list that was asked for before an edit or a deletion does not undo it", async () => {
  const { ask, come } = late(page(post("edited", { caption: "old" }), post("deleted")));
  const reading = readPage(ask);
  rememberOwn(post("edited", { caption: "new" }));
  rememberOwn(post("deleted", { state: "deleted" }));
  come();
  await reading;
  assert.equal(recall("edited")!.caption, "new");
  assert.equal(recall("deleted")!.state, "deleted");
});

test("a list of people that was asked for before a follow does not take it back", async () => {
  const stranger = (id: string) => ({ ...STRANGER, id });
  const { ask, come } = late(page(stranger("ada"), { ...stranger("ben"), follows_me: true }));
  const reading = readPeople(ask);
  await changing("ada", { followed_by_me: true }, async () => undefined);
  come();
  await reading;
  assert.equal(relationTo("ada").followed_by_me, true);
  assert.equal(relationTo("ben").follows_me, true);

  await readPeople(async () => page(stranger("ada")));
  assert.equal(relationTo("ada").followed_by_me, false);
});

test("comments that were asked for before one's own like or edit do not take it back", async () => {
  const comment = (changed: Partial<Comment>) =>
    ({ id: "c", text: "old", liked_by_me: false, ...changed }) as Comment;
  const { ask, come } = late(page(comment({})));
  const reading = readComments(ask);
  rememberComment(comment({ text: "new", liked_by_me: true }));
  come();
  await reading;
  const { text, liked_by_me } = recallComment(comment({}));
  assert.deepEqual([text, liked_by_me], ["new", true]);
});
