/** Moderators' keys, the way from case to case, and two moderators at once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CaseBody, CaseSummary } from "../src/api.ts";

class Storage_ {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
}

type Answer = (method: string, path: string, body: unknown) => Response;
let answer: Answer = () => Response.error();

const token = `h.${btoa(JSON.stringify({ sub: "ann" }))}.s`;
const sessionStorage = new Storage_();
sessionStorage.setItem(
  "shutterfeed.access",
  JSON.stringify({ token, expiresAt: Date.now() + 900_000 }),
);
const localStorage = new Storage_();
localStorage.setItem("shutterfeed.refresh", "refresh");
let isDialogOpen = false;

Object.assign(globalThis, {
  window: { addEventListener: () => undefined },
  document: { querySelector: () => (isDialogOpen ? {} : null) },
  localStorage,
  sessionStorage,
  BroadcastChannel: class {},
  fetch: async (url: string, init: RequestInit) =>
    answer(String(init.method), url, init.body ? JSON.parse(String(init.body)) : null),
});

const { act, known, loadCase, neighbour, noteQueue, Overtaken } = await import(
  "../src/console/cases.ts"
);
const { isMeantOtherwise } = await import("../src/keys.ts");
const { ACTS, subjectOf } = await import("../src/console/words.ts");

const found = (id: string, version = 0, state = "open") => ({ id, version, state }) as CaseBody;
const listed = (...ids: string[]) => ids.map((id) => found(id) as CaseSummary);

test("every action has a key of its own, and none that the page has", () => {
  const keys = [...Object.values(ACTS).map(({ key }) => key), "j", "k", "b", "u", "a", "?"];
  assert.equal(new Set(keys).size, keys.length);
});

test("a post is by somebody, and a profile is somebody's", () => {
  const owner = { handle: "ann" } as CaseSummary["owner"];
  assert.equal(subjectOf({ kind: "post", owner }), "A post by @ann");
  assert.equal(subjectOf({ kind: "user", owner }), "The profile of @ann");
  assert.equal(subjectOf({ kind: "user", owner: null }), "The profile of an account that is gone");
});

test("a key is for the page alone: not while one writes, nor behind a dialog, nor with others", () => {
  const typed = (tag: string, more: Partial<KeyboardEvent> = {}) => {
    const target = { closest: (tags: string) => (tags.includes(tag) ? {} : null) };
    return { target, key: "d", ...more } as unknown as KeyboardEvent;
  };
  assert.ok(!isMeantOtherwise(typed("button")));
  for (const tag of ["input", "textarea", "select"]) assert.ok(isMeantOtherwise(typed(tag)));
  assert.ok(isMeantOtherwise(typed("button", { ctrlKey: true })));
  assert.ok(isMeantOtherwise(typed("button", { metaKey: true })));
  assert.ok(isMeantOtherwise(typed("button", { repeat: true })));
  isDialogOpen = true;
  assert.ok(isMeantOtherwise(typed("button")));
  isDialogOpen = false;
});

test("the next case is the next one that waits", async () => {
  noteQueue(listed("a", "b", "c"));
  assert.equal(neighbour("a", 1), "b");
  answer = () => Response.json(found("b", 1, "decided"));
  await loadCase("b");
  assert.equal(neighbour("a", 1), "c");
  assert.equal(neighbour("c", -1), "a");
  assert.equal(neighbour("c", 1), undefined);
  assert.equal(neighbour("somewhere else", -1), undefined);
});

const wanted = {
  kind: "hide_post",
  rule: "spam",
  statement: "Advertising.",
  until: null,
} as const;

test("an action is for the version that was seen, and its answer is the case as it is then", async () => {
  const sent: unknown[] = [];
  answer = (_, __, body) => {
    sent.push(body);
    return Response.json(found("a", 1, "decided"));
  };
  await act(found("a"), wanted);
  assert.deepEqual(sent, [{ ...wanted, version: 0 }]);
  assert.equal(known.value.a!.state, "decided");
});

test("whom another moderator has overtaken is shown the case as it is now", async () => {
  const refusal = { error: { code: "case_changed", message: "Changed.", version: 3 } };
  answer = (method) =>
    method === "POST"
      ? Response.json(refusal, { status: 409 })
      : Response.json(found("a", 3, "decided"));
  await assert.rejects(act(found("a", 1), wanted), (error) => {
    assert.ok(error instanceof Overtaken);
    assert.equal(error.now.version, 3);
    return true;
  });
  assert.equal(known.value.a!.version, 3, "the next attempt is for this version");
});

test("what is refused for another reason is told as it is", async () => {
  const refusal = { error: { code: "already_done", message: "This stands already." } };
  answer = () => Response.json(refusal, { status: 409 });
  await assert.rejects(act(found("a", 1), wanted), { message: "This stands already." });
});
