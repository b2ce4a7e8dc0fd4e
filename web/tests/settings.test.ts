/** One's own settings: shown at once, and taken back if the API refuses. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

class Shelf {
  readonly #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}

let answer: () => Response = () => new Response(null, { status: 500 });
let sent: unknown[] = [];

Object.assign(globalThis, {
  window: { addEventListener: () => undefined },
  localStorage: new Shelf(),
  sessionStorage: new Shelf(),
  BroadcastChannel: class {
    postMessage(): void {}
  },
  fetch: async (url: string, init: RequestInit) => {
    sent.push([init.method, url, JSON.parse(String(init.body))]);
    return answer();
  },
});
Object.defineProperty(globalThis, "navigator", {
  value: { onLine: true, languages: ["en"] },
});
localStorage.setItem("shutterfeed.refresh", "refresh");
// As a version of the app that knew no such settings kept it.
localStorage.setItem("shutterfeed.me", JSON.stringify({ id: "ANN", handle: "ann" }));
sessionStorage.setItem(
  "shutterfeed.access",
  JSON.stringify({ token: `h.${btoa('{"sub":"ann"}')}.s`, expiresAt: Date.now() + 900_000 }),
);
const { me, setMe } = await import("../src/me.ts");
const { changeSetting } = await import("../src/settings.ts");
const { toasts } = await import("../src/toasts.ts");

const said = () => JSON.stringify(toasts.value);
type Me = NonNullable<typeof me.value>;
const own = (fields: Partial<Me>) =>
  ({ id: "ANN", private: false, public_page: true, sensitive: "blur", ...fields }) as Me;

beforeEach(() => {
  sent = [];
});

test("what was kept before there were these settings has what the API begins with", () => {
  assert.equal(me.value?.sensitive, "blur");
  assert.equal(me.value?.public_page, true);
});

test("a change is shown before it is answered, and then as the API says", async () => {
  setMe(own({}));
  answer = () => Response.json(own({ sensitive: "show", requests: 3 }));
  const changing = changeSetting({ sensitive: "show" }, "Shown now.");
  assert.equal(me.value?.sensitive, "show");
  await changing;
  assert.equal(me.value?.requests, 3);
  assert.deepEqual(sent, [["PATCH", "/api/me", { sensitive: "show" }]]);
  assert.match(said(), /Shown now\./);
});

test("a refusal is told, and the switch is where it was", async () => {
  setMe(own({}));
  const error = { code: "limit_reached", message: "That is too often.", field: null };
  answer = () => Response.json({ error }, { status: 429 });
  await changeSetting({ public_page: false }, "Hidden now.");
  assert.equal(me.value?.public_page, true);
  assert.match(said(), /That is too often\./);
  assert.doesNotMatch(said(), /Hidden now/);
});
