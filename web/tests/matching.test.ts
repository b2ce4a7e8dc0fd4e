/** Files that are chosen again are found by their content. */
import assert from "node:assert/strict";
import { test } from "node:test";

const shelf = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
Object.assign(globalThis, {
  window: { addEventListener: () => undefined, location: { pathname: "/", search: "", hash: "" } },
  document: { hidden: false },
  history: { state: null, replaceState: () => undefined },
  localStorage: shelf,
  sessionStorage: shelf,
  BroadcastChannel: class {
    postMessage(): void {}
  },
});
Object.defineProperty(globalThis, "navigator", {
  value: { languages: [], locks: { query: async () => ({ held: [], pending: [] }) } },
});

const { matching } = await import("../src/upload/matching.ts");

const file = (name: string, content: string) => ({ name, content, size: content.length });
const upload = (media_id: string, content: string) => ({
  media_id,
  bytes: content.length,
  sha256: `hash of ${content}`,
});

async function found(files: ReturnType<typeof file>[], awaited: ReturnType<typeof upload>[]) {
  const read: string[] = [];
  const pairs = await matching(files, awaited, async ({ name, content }) => {
    read.push(name);
    return `hash of ${content}`;
  });
  return { pairs: pairs.map(([{ name }, { media_id }]) => [name, media_id]), read };
}

test("a file goes where its content is missed, whatever it is called and in which order it comes", async () => {
  const files = [file("b.jpg", "pier"), file("renamed.jpg", "lake")];
  const { pairs } = await found(files, [upload("M1", "lake"), upload("M2", "pier")]);
  assert.deepEqual(pairs, [
    ["b.jpg", "M2"],
    ["renamed.jpg", "M1"],
  ]);
});

test("files of no size that is missed are not even read", async () => {
  const { pairs, read } = await found([file("long.mp4", "a long film")], [upload("M1", "lake")]);
  assert.deepEqual([pairs, read], [[], []]);
});

test("another file of the same size is none that is missed", async () => {
  const { pairs, read } = await found([file("dusk.jpg", "dusk")], [upload("M1", "lake")]);
  assert.deepEqual([pairs, read], [[], ["dusk.jpg"]]);
});

test("one file serves all posts that miss it, and is sent once to each", async () => {
  const files = [file("lake.jpg", "lake"), file("copy.jpg", "lake")];
  const { pairs } = await found(files, [upload("M1", "lake"), upload("M2", "lake")]);
  assert.deepEqual(pairs, [
    ["lake.jpg", "M1"],
    ["lake.jpg", "M2"],
  ]);
});
