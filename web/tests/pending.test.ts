/** A post of one's own is looked at until it is published, also after it had failed. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { PostBody } from "../src/api.ts";

class Shelf {
  readonly #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}

let answer: PostBody;
let asked = 0;

Object.assign(globalThis, {
  window: { addEventListener: () => undefined, location: { pathname: "/", search: "", hash: "" } },
  document: { hidden: false },
  history: { state: null, replaceState: () => undefined },
  localStorage: new Shelf(),
  sessionStorage: new Shelf(),
  BroadcastChannel: class {
    postMessage(): void {}
  },
  fetch: async () => {
    asked++;
    return Response.json(answer);
  },
});
Object.defineProperty(globalThis, "navigator", {
  value: { languages: ["en"], locks: { query: async () => ({ held: [], pending: [] }) } },
});
sessionStorage.setItem(
  "shutterfeed.access",
  JSON.stringify({ token: `h.${btoa('{"sub":"ann"}')}.s`, expiresAt: Date.now() + 900_000 }),
);

const { toasts } = await import("../src/toasts.ts");
const { signedIn } = await import("../src/auth.ts");
const { follow, mended, resumePending } = await import("../src/following.ts");
const { dropPreviews, keepPreview, pending, previewOf } = await import("../src/pending.ts");

const post = (state: PostBody["state"], ...media: string[]): PostBody =>
  ({ id: "P", state, created_at: "", media: media.map((id) => ({ id })) }) as unknown as PostBody;

/** Lets time pass, and everything that then happens. */
async function pass(ms: number): Promise<void> {
  mock.timers.tick(ms);
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}

test("a failed post that is mended is looked at until it is published", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  signedIn.set(true);
  follow(post("processing", "M1", "M2"));
  answer = post("failed", "M1", "M2");
  await pass(1_000);
  assert.equal(asked, 1);
  await pass(60_000);
  assert.equal(asked, 1, "nothing more comes of a post that has failed");

  mended.add("M2");
  follow(post("processing", "M1", "M3"));
  await pass(1_000);
  assert.equal(asked, 2);
  assert.equal(pending.value[0]?.state, "processing", "the answer was older than the mending");
  answer = post("processing", "M1", "M3");
  await pass(2_000);
  assert.equal(asked, 3);
  answer = post("published", "M1", "M3");
  await pass(3_000);
  assert.equal(asked, 4);
  assert.equal(pending.value[0]?.state, "published", "shown until the feed has it");
  await pass(2_000);
  assert.deepEqual(pending.value, []);
  await pass(60_000);
  assert.equal(asked, 4);
});

test("whoever comes back twice at once is told once, and of no picture the browser keeps hold", async () => {
  localStorage.setItem("shutterfeed.pending", JSON.stringify(["Q"]));
  const revoked = mock.method(URL, "revokeObjectURL");
  keepPreview("M9", new Blob(["a"]));
  keepPreview("M9", new Blob(["b"]));
  assert.equal(revoked.mock.callCount(), 1, "another picture takes its place");
  answer = { ...post("published", "M9"), id: "Q" };
  const told: string[] = [];
  toasts.watch(() => toasts.value && told.push(toasts.value.text));
  void resumePending();
  void resumePending();
  await pass(0);
  assert.deepEqual(told, ["Your post is published."]);
  assert.notEqual(previewOf("M9"), undefined);
  await pass(2_000);
  assert.equal(previewOf("M9"), undefined);
  assert.equal(revoked.mock.callCount(), 2);
  dropPreviews(["M9"]);
  assert.equal(revoked.mock.callCount(), 2);
});
