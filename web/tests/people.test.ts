/** Blocks, mutes, removals and requests, against a stand-in for the API. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

class Storage_ {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
}

/** Requests in order, and what is answered: 204 and one's own profile if nothing else is said. */
let asked: string[] = [];
let answers: Record<string, () => Response> = {};

Object.assign(globalThis, {
  window: { addEventListener: () => undefined, location: { pathname: "/", search: "", hash: "" } },
  history: { state: null, replaceState: () => undefined },
  requestAnimationFrame: () => 0,
  localStorage: new Storage_(),
  sessionStorage: new Storage_(),
  BroadcastChannel: class {
    postMessage(): void {}
  },
  fetch: async (url: string, init: RequestInit) => {
    const request = `${init.method} ${url}`;
    asked.push(request);
    const answer = answers[request];
    if (answer !== undefined) return answer();
    return request === "GET /api/me" ? Response.json(own(waiting)) : new Response(null, NOTHING);
  },
});
Object.defineProperty(globalThis, "navigator", {
  value: { onLine: true, languages: ["en"] },
});
localStorage.setItem("shutterfeed.refresh", "refresh");
sessionStorage.setItem(
  "shutterfeed.access",
  JSON.stringify({ token: `h.${btoa('{"sub":"ann"}')}.s`, expiresAt: Date.now() + 900_000 }),
);

const NOTHING = { status: 204 };
const { block, mute, removeFollower, unblock, unmute } = await import("../src/blocks.ts");
const { me, setMe } = await import("../src/me.ts");
const { loadMe } = await import("../src/own-profile.ts");
const { STRANGER } = await import("../src/relation.ts");
const { learnFrom } = await import("../src/relation-changes.ts");
const { isListed, isShown, relationTo } = await import("../src/relations.ts");
const { accept, decline } = await import("../src/requests.ts");
const { dismissToast, toasts } = await import("../src/toasts.ts");

type Me = NonNullable<typeof me.value>;
type Seen = Parameters<typeof learnFrom>[0];

/** How many requests the API says are waiting. */
let waiting = 0;
const own = (requests: number) => ({ id: "ANN", handle: "ann", private: true, requests }) as Me;
const seenOf = (id: string, flags: Partial<Seen>) =>
  ({ ...STRANGER, ...flags, user: { id, handle: id } }) as Seen;
const refused = (status: number, message: string) => () =>
  Response.json({ error: { code: "no", message, field: null } }, { status });

let people = 0;
/** Somebody new: what is known of others stays. */
const somebody = () => ({ id: `P${++people}`, handle: `person${people}` });

/** All that was asked but one's own profile, which is read again after some of it. */
const changes = () => asked.filter((request) => request !== "GET /api/me");

beforeEach(() => {
  asked = [];
  answers = {};
  waiting = 0;
  setMe(own(0));
});
afterEach(async () => {
  await loadMe(); // what still reads it would change what the next test sees
  dismissToast();
});

/** What begins with the press of a button in a message has no promise to wait for. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !holds(); turn++) await new Promise(setImmediate);
  assert.ok(holds());
}

test("a block hides a person and their posts at once, and ends both follows", async () => {
  const ben = somebody();
  learnFrom(seenOf(ben.id, { followed_by_me: true, follows_me: true }));
  const done = block(ben);
  assert.equal(isListed(ben), false);
  assert.equal(isShown({ author: { ...ben, display_name: "", avatar: null } }), false);
  assert.equal(await done, true);
  assert.deepEqual(changes(), [`PUT /api/me/blocks/${ben.handle}`]);
  assert.deepEqual(relationTo(ben.id), { ...STRANGER, blocked_by_me: true });
});

test("a block that is refused is taken back, and told", async () => {
  const ben = somebody();
  learnFrom(seenOf(ben.id, { followed_by_me: true }));
  answers[`PUT /api/me/blocks/${ben.handle}`] = refused(409, "You have blocked too many.");
  assert.equal(await block(ben), false);
  assert.equal(isListed(ben), true);
  assert.equal(relationTo(ben.id).followed_by_me, true);
  assert.equal(toasts.value?.text, "You have blocked too many.");
  assert.equal(toasts.value?.isError, true);
});

test("undoing a block unblocks, and nobody follows the other again", async () => {
  const ben = somebody();
  learnFrom(seenOf(ben.id, { followed_by_me: true, follows_me: true }));
  await block(ben);
  assert.equal(toasts.value?.action, "Undo");
  toasts.value?.onAction?.();
  await until(() => isListed(ben));
  assert.deepEqual(changes().at(-1), `DELETE /api/me/blocks/${ben.handle}`);
  assert.deepEqual(relationTo(ben.id), STRANGER);
});

test("nobody counts as unblocked before the API says so", async () => {
  const ben = somebody();
  await block(ben);
  const done = unblock(ben);
  assert.equal(isListed(ben), false);
  await done;
  assert.equal(isListed(ben), true);
});

test("a mute hides posts, but not the person", async () => {
  const ben = somebody();
  const author = { ...ben, display_name: "", avatar: null };
  await mute(ben, null);
  assert.deepEqual([isShown({ author }), isListed(ben)], [false, true]);
  await unmute(ben);
  assert.equal(isShown({ author }), true);
  const path = `/api/me/mutes/${ben.handle}`;
  assert.deepEqual(changes(), [`PUT ${path}`, `DELETE ${path}`]);
});

test("a mute for a time says when it ends", async () => {
  const ben = somebody();
  await mute(ben, "2099-05-04T12:00:00.000Z");
  assert.deepEqual(changes(), [
    `PUT /api/me/mutes/${ben.handle}?until=2099-05-04T12%3A00%3A00.000Z`,
  ]);
  assert.match(toasts.value?.text ?? "", /is muted until .*2099/);
});

test("what is changed before somebody was loaded hides nothing that the API says of them", async () => {
  const ben = somebody();
  await mute(ben, null); // from the menu of a post
  assert.equal(relationTo(ben.id, { ...STRANGER, followed_by_me: true }).followed_by_me, true);
});

test("a removed follower is gone at once, without a way back", async () => {
  const ben = somebody();
  learnFrom(seenOf(ben.id, { follows_me: true }));
  const done = removeFollower(ben);
  assert.equal(relationTo(ben.id).follows_me, false);
  await done;
  assert.deepEqual(changes(), [`DELETE /api/me/followers/${ben.handle}`]);
  assert.equal(toasts.value?.action, undefined);
});

test("an accepted request leaves the badge at once, and can be undone by removing", async () => {
  const ben = somebody();
  setMe(own(3));
  waiting = 2;
  const path = `/api/me/requests/${ben.handle}`;
  answers[`PUT ${path}`] = () => Response.json(seenOf(ben.id, { follows_me: true }));
  const done = accept(ben);
  assert.equal(me.value?.requests, 2);
  assert.equal(await done, true);
  assert.equal(relationTo(ben.id).follows_me, true);
  toasts.value?.onAction?.();
  await until(() => changes().length === 2);
  assert.deepEqual(changes(), [`PUT ${path}`, `DELETE /api/me/followers/${ben.handle}`]);
});

test("a request that was withdrawn is told, and the true number is read", async () => {
  const ben = somebody();
  setMe(own(1));
  waiting = 0;
  answers[`PUT /api/me/requests/${ben.handle}`] = refused(404, "This request does not exist.");
  assert.equal(await accept(ben), false);
  assert.equal(toasts.value?.text, "This request does not exist.");
  await loadMe();
  assert.equal(me.value?.requests, 0);
});

test("a declined request is gone from the badge", async () => {
  const ben = somebody();
  setMe(own(1));
  answers[`DELETE /api/me/requests/${ben.handle}`] = () => Response.json(seenOf(ben.id, {}));
  assert.equal(await decline(ben), true);
  assert.equal(me.value?.requests, 0);
});

test("a profile that was kept before there were requests has none", async () => {
  localStorage.setItem("shutterfeed.me", JSON.stringify({ id: "ANN", handle: "ann" }));
  const { me: kept } = (await import(`../src/me.ts?${"again"}`)) as typeof import("../src/me.ts");
  assert.deepEqual([kept.value?.requests, kept.value?.private], [0, false]);
});
