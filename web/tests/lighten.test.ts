/** Posts of long lists: they take less memory, and say the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PostBody } from "../src/api.ts";

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
const { person } = await import("../src/auth.ts");
const { lighten } = await import("../src/lighten.ts");

const file = (name: string, query = "m=M&e=1&s=s", folder = "B") => ({
  name,
  url: `/media/${folder}/${name}?${query}`,
  content_type: "image/webp",
  width: 640,
  height: 480,
});

function post(display_name: string, ...renditions: ReturnType<typeof file>[]): PostBody {
  const author = { id: "ANN", handle: "ann", display_name, avatar: null };
  return { id: "P", author, media: [{ id: "M", renditions }] } as unknown as PostBody;
}

test("a post says the same as before, also where it is kept as text", () => {
  const files = () => [file("640.webp"), file("1080.webp"), file("150.jpg")];
  const light = post("Ann", ...files());
  lighten(light);
  const whole = post("Ann", ...files());
  assert.deepEqual(JSON.parse(JSON.stringify(light)), whole);
  const urls = ({ media }: PostBody) => media.flatMap((m) => m.renditions.map(({ url }) => url));
  assert.deepEqual(urls(light), urls(whole));
  assert.ok(!Object.hasOwn(light.media[0]!.renditions[1]!, "url"), "it is made of the first one's");
});

test("an address that differs in more than its name stays as it is", () => {
  const files = [file("640.webp"), file("1080.webp", "m=M&e=2&s=t"), file("150.jpg", "m=M", "C")];
  const light = post("Ann", ...files);
  lighten(light);
  assert.deepEqual(light, post("Ann", ...files));
});

test("posts of an author have one author, as last heard of, until somebody else signs in", () => {
  const [one, two, renamed, another] = [post("Ann"), post("Ann"), post("Anna"), post("Anna")];
  for (const each of [one, two, renamed]) lighten(each);
  assert.equal(two.author, one.author);
  assert.equal(renamed.author.display_name, "Anna");
  person.update((count) => count + 1);
  lighten(another);
  assert.notEqual(another.author, renamed.author);
});
