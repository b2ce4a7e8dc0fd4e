/** What one has searched for last: on this device, for each user apart. */
import assert from "node:assert/strict";
import { test } from "node:test";

class Shelf {
  readonly #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}

Object.assign(globalThis, {
  window: {
    addEventListener: () => undefined,
    location: { pathname: "/explore", search: "", hash: "" },
  },
  history: { state: null, replaceState: () => undefined },
  localStorage: new Shelf(),
  sessionStorage: new Shelf(),
  BroadcastChannel: class {
    postMessage(): void {}
  },
});
const { person } = await import("../src/auth.ts");
const { me } = await import("../src/me.ts");
const { forgetSearches, noteSearch, recentSearches } = await import("../src/recent-searches.ts");

const user = (id: string) => ({ id }) as NonNullable<typeof me.value>;

test("the last searches of one user are there again, and can be cleared", () => {
  me.set(user("ada"));
  assert.deepEqual(recentSearches.value, []);
  for (const text of ["heron", "#birds", "Heron"]) noteSearch(text);
  assert.deepEqual(recentSearches.value, ["Heron", "#birds"]);
  me.set(user("ben"));
  assert.deepEqual(recentSearches.value, []);
  for (let number = 0; number < 20; number++) noteSearch(`word ${number}`);
  assert.equal(recentSearches.value.length, 8);
  assert.equal(recentSearches.value[0], "word 19");
  me.set(user("ada"));
  assert.deepEqual(recentSearches.value, ["Heron", "#birds"]);
  forgetSearches();
  assert.deepEqual(recentSearches.value, []);
  me.set(null);
  me.set(user("ada"));
  assert.deepEqual(recentSearches.value, []);
});

test("what is searched for before the user is known is theirs, and nobody else's", () => {
  me.set(null);
  noteSearch("stork");
  noteSearch("crane");
  me.set(user("cy"));
  assert.deepEqual(recentSearches.value, ["crane", "stork"]);
  me.set(null);
  noteSearch("gull");
  person.set(person.value + 1);
  me.set(user("dan"));
  assert.deepEqual(recentSearches.value, []);
});
