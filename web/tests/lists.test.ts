import assert from "node:assert/strict";
import { test } from "node:test";
import { appended, List, NOTHING, type Page, refreshed } from "../src/lists.ts";

const idOf = (item: string) => item;
const page = (items: string[], next_cursor: string | null = null): Page<string> => ({ items, next_cursor });

test("a page is added at the end, without what is there already", () => {
  const first = appended(NOTHING, page(["c", "b"], "1"), idOf);
  assert.equal(first.status, "more");
  const both = appended(first, page(["b", "a"]), idOf);
  assert.deepEqual(both.items, ["c", "b", "a"]);
  assert.equal(both.status, "end");
});

test("a first page read anew goes on top where the two meet", () => {
  const old = appended(NOTHING, page(["c", "b", "a"], "1"), idOf);
  const fresh = refreshed(old, page(["e", "d", "c"], "2"), idOf);
  assert.deepEqual(fresh.items, ["e", "d", "c", "b", "a"]);
  assert.equal(fresh.cursor, "1");
});

test("where they do not meet, the list begins again: nothing between is left out", () => {
  const old = appended(NOTHING, page(["b", "a"], "1"), idOf);
  const fresh = refreshed(old, page(["z", "y"], "2"), idOf);
  assert.deepEqual(fresh.items, ["z", "y"]);
  assert.equal(fresh.cursor, "2");
});

test("empty pages in between are passed over", async () => {
  const answers = [page([], "1"), page([], "2"), page(["a"])];
  const list = new List<string>(async () => answers.shift()!, idOf);
  await list.more();
  assert.deepEqual(list.state.value.items, ["a"]);
  assert.equal(list.state.value.status, "end");
});

test("asking twice at once asks once; at the end, not at all", async () => {
  let asked = 0;
  const list = new List<string>(async () => (asked++, page(["a"])), idOf);
  await Promise.all([list.more(), list.more()]);
  await list.more();
  assert.equal(asked, 1);
});

test("endless empty pages end in a pause", async () => {
  let asked = 0;
  const list = new List<string>(async () => (asked++, page([], "again")), idOf);
  await list.more();
  assert.equal(list.state.value.status, "more");
  assert.equal(asked, 5);
});
