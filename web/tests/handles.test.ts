/** A handle of one's own: what is made of a name, and when one is asked for it once more. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { bareHandle, handleFrom } from "../src/handle-text.ts";

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
const { me, isNew, setMe } = await import("../src/me.ts");
const { goOnWithHandle, waitingForHandle, withHandle } = await import("../src/handles.ts");

type Me = NonNullable<typeof me.value>;
const NEW = { id: "ANN", handle: "user_x1", handle_chosen: false, welcomed: false } as Me;

beforeEach(() => setMe(null));

test("a handle is made of a name, if enough of it can be in one", () => {
  const made: Record<string, string> = {
    "Zoë O'Hara": "zoe.o.hara",
    "  Ada  Lovelace ": "ada.lovelace",
    "Nguyễn 2": "nguyen.2",
    Al: "",
    山田: "",
    [`${"x".repeat(29)} y`]: "x".repeat(29),
  };
  for (const [name, handle] of Object.entries(made)) assert.equal(handleFrom(name), handle);
  assert.equal(bareHandle(" @Ada "), "ada");
});

test("whoever has chosen a handle or left the welcome is not new", () => {
  assert.deepEqual(
    [null, NEW, { ...NEW, welcomed: true }, { ...NEW, handle_chosen: true }].map(isNew),
    [false, true, false, false],
  );
});

test("whoever has no handle of their own is asked once before they post or comment", () => {
  let went = 0;
  const go = () => went++;
  withHandle(go); // not known yet: nothing waits for that
  setMe({ ...NEW, welcomed: true });
  withHandle(go);
  assert.deepEqual([went, waitingForHandle.value !== null], [1, true]);
  goOnWithHandle();
  assert.deepEqual([went, waitingForHandle.value], [2, null]);
  withHandle(go);
  assert.equal(went, 3);
  setMe({ ...NEW, id: "BEN" });
  withHandle(go);
  assert.deepEqual([went, waitingForHandle.value !== null], [3, true]);
  setMe({ ...NEW, id: "BEN", handle_chosen: true });
  goOnWithHandle();
  withHandle(go);
  assert.equal(went, 5);
});
