/** Posts that are marked as sensitive: who sees them covered, and until when. */
import assert from "node:assert/strict";
import { test } from "node:test";

class Shelf {
  readonly #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}
Object.assign(globalThis, {
  window: { addEventListener: () => undefined },
  localStorage: new Shelf(),
  sessionStorage: new Shelf(),
  BroadcastChannel: class {
    postMessage(): void {}
  },
});
const { setMe } = await import("../src/me.ts");
const { coverOf, currentCover, toggleCover } = await import("../src/sensitive.ts");

const { hideReported } = await import("../src/reporting.ts");

const marked = (id: string, author = "BEN") => ({
  id,
  sensitive: true,
  reported_by_me: false,
  author: { id: author },
});
const blurs = { id: "ANN", sensitive: "blur" } as const;
const shows = { id: "ANN", sensitive: "show" } as const;

test("a sensitive post is covered until one looks, also for strangers", () => {
  for (const viewer of [blurs, null]) {
    assert.equal(coverOf(marked("P"), viewer, false), "closed");
    assert.equal(coverOf(marked("P"), viewer, true), "open");
  }
});

test("nothing is covered for its author, and for whoever wants to see all", () => {
  assert.equal(coverOf(marked("P", "ANN"), blurs, false), "none");
  assert.equal(coverOf(marked("P"), shows, false), "none");
  assert.equal(coverOf({ ...marked("P"), sensitive: false }, blurs, false), "none");
});

test("looking at one post opens that one everywhere, and it can be covered again", () => {
  setMe(blurs as unknown as Parameters<typeof setMe>[0]);
  toggleCover({ id: "P1" });
  assert.equal(currentCover(marked("P1")), "open");
  assert.equal(currentCover(marked("P2")), "closed");
  toggleCover({ id: "P1" });
  assert.equal(currentCover(marked("P1")), "closed");
});

test("a changed setting holds at once", () => {
  setMe(shows as unknown as Parameters<typeof setMe>[0]);
  assert.equal(currentCover(marked("P3")), "none");
  setMe(null);
  assert.equal(currentCover(marked("P3")), "closed");
});

test("what one has reported is covered whatever one wants to see, until one looks all the same", () => {
  setMe(shows as unknown as Parameters<typeof setMe>[0]);
  const plain = { ...marked("P4"), sensitive: false };
  assert.equal(currentCover({ ...plain, reported_by_me: true }), "closed");
  assert.equal(currentCover(plain), "none");
  hideReported({ kind: "post", id: "P4", author: { id: "BEN", handle: "ben" } });
  assert.equal(currentCover(plain), "closed");
  toggleCover(plain);
  assert.equal(currentCover(plain), "open");
});
