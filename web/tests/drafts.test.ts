import assert from "node:assert/strict";
import test from "node:test";

// What the modules look at while they are loaded.
const shelf = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
Object.assign(globalThis, {
  window: { addEventListener: () => undefined },
  localStorage: shelf,
  sessionStorage: shelf,
  BroadcastChannel: class {
    postMessage(): void {}
  },
});

const { draftOf, forgetDraft, keepDraft, newDraft } = await import("../src/answers/drafts.ts");
const { person } = await import("../src/auth.ts");

test("what is typed is found again, with its key, where it was typed", () => {
  const draft = newDraft("A fine la");
  keepDraft("reply 1", draft);
  assert.equal(draftOf("reply 1"), draft);
  assert.equal(draftOf("reply 2"), undefined);
});

test("what was typed while another text was being sent stays", () => {
  const sent = newDraft("A fine lake");
  keepDraft("reply 3", sent);
  const since = newDraft("A fine lake, and cold");
  keepDraft("reply 3", since);
  forgetDraft("reply 3", sent);
  assert.equal(draftOf("reply 3"), since);
  forgetDraft("reply 3", since);
  assert.equal(draftOf("reply 3"), undefined);
});

test("the oldest of many drafts is forgotten", () => {
  for (let number = 0; number <= 50; number++) keepDraft(`edit ${number}`, newDraft("x"));
  assert.equal(draftOf("edit 0"), undefined);
  assert.equal(draftOf("edit 50")?.text, "x");
});

test("whoever signs in as somebody else finds none of it", () => {
  keepDraft("comment 1", newDraft("Only mine"));
  person.set(person.value + 1);
  assert.equal(draftOf("comment 1"), undefined);
});
