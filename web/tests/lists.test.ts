import assert from "node:assert/strict";
import { test } from "node:test";
import { inserted, prune, pruned, readAgain, refresh, refreshed } from "../src/list-changes.ts";
import { appended, List, NOTHING, type Page } from "../src/lists.ts";

const idOf = (item: string) => item;
const page = (items: string[], next_cursor: string | null = null): Page<string> => ({
  items,
  next_cursor,
});

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
  const list = new List<string>(async () => {
    asked++;
    return page(["a"]);
  }, idOf);
  await Promise.all([list.more(), list.more()]);
  await list.more();
  assert.equal(asked, 1);
});

test("endless empty pages end in a pause", async () => {
  let asked = 0;
  const list = new List<string>(async () => {
    asked++;
    return page([], "again");
  }, idOf);
  await list.more();
  assert.equal(list.state.value.status, "more");
  assert.equal(asked, 5);
});

test("what a page read anew does not have keeps its place: its deletion can be undone", () => {
  const old = appended(NOTHING, page(["f", "e", "d", "c"], "1"), idOf);
  assert.deepEqual(refreshed(old, page(["g", "f", "d"], "2"), idOf).items, [
    "g",
    "f",
    "e",
    "d",
    "c",
  ]);
  assert.deepEqual(refreshed(old, page(["g", "e", "d"], "2"), idOf).items, [
    "g",
    "f",
    "e",
    "d",
    "c",
  ]);
});

test("what is restored goes where it was", () => {
  const isBefore = (one: string, other: string) => one > other;
  const put = (state: typeof old, item: string) =>
    inserted(state, item, idOf, isBefore).items.join("");
  const old = appended(NOTHING, page(["e", "c", "b"], "1"), idOf);
  assert.equal(put(old, "d"), "edcb");
  assert.equal(put(old, "f"), "fecb");
  assert.equal(put(old, "c"), "ecb");
  // Older than what was read: it comes with its page, unless there is no further one.
  assert.equal(put(old, "a"), "ecb");
  assert.equal(put(appended(old, page([]), idOf), "a"), "ecba");
});

test("a page that was on its way when the list began again is left out: it leaves a gap", async () => {
  let answer!: (page: Page<string>) => void;
  const list = new List<string>(() => new Promise((resolve) => (answer = resolve)), idOf);
  const first = list.more();
  answer(page(["c", "b"], "1"));
  await first;
  const second = list.more();
  refresh(list, page(["z", "y"], "2"));
  answer(page(["a"]));
  await second;
  assert.deepEqual(list.state.value.items, ["z", "y"]);
  assert.deepEqual([list.state.value.status, list.state.value.cursor], ["more", "2"]);
});

test("an older answer takes nothing back that a newer one has shown", async () => {
  const answers: ((page: Page<string>) => void)[] = [];
  const read = (): Promise<Page<string>> => new Promise((resolve) => answers.push(resolve));
  const list = new List<string>(read, idOf);
  const older = readAgain(list, read);
  const newer = readAgain(list, read);
  answers[1]!(page(["c", "b"], "1"));
  await newer;
  answers[0]!(page(["b", "a"], "2"));
  await older;
  assert.deepEqual(list.state.value.items, ["c", "b"]);
});

const never = () => false;

test("what a page read again does not have any more leaves the list", () => {
  const old = appended(NOTHING, page(["e", "d", "c", "b", "a"], "1"), idOf);
  const after = pruned(old, page(["d", "b"], "2"), idOf, never);
  assert.deepEqual(after.items, ["d", "b", "a"]);
  assert.equal(after.cursor, "1");
});

test("nothing new is added, and what comes after the page stays", () => {
  const old = appended(NOTHING, page(["c", "b", "a"], "1"), idOf);
  assert.equal(pruned(old, page(["e", "d", "c"], "2"), idOf, never), old);
  assert.equal(pruned(old, page(["e", "d"], "2"), idOf, never), old);
});

test("a page that is the whole list leaves nothing else", () => {
  const old = appended(NOTHING, page(["c", "b", "a"]), idOf);
  assert.deepEqual(pruned(old, page([]), idOf, never).items, []);
  assert.deepEqual(pruned(old, page(["c"]), idOf, never).items, ["c"]);
});

test("what may come back stays", () => {
  const old = appended(NOTHING, page(["c", "b", "a"]), idOf);
  assert.deepEqual(pruned(old, page(["a"]), idOf, (item) => item === "b").items, ["b", "a"]);
});

test("a list that was renewed meanwhile is not pruned by an older answer", async () => {
  const list = new List<string>(async () => page(["a"]), idOf);
  await list.more();
  let arrive!: (answer: Page<string>) => void;
  const old = new Promise<Page<string>>((resolve) => {
    arrive = resolve;
  });
  const pruning = prune(list, () => old, never);
  await readAgain(list, async () => page(["b", "a"]));
  arrive(page(["a"]));
  await pruning;
  assert.deepEqual(list.state.value.items, ["b", "a"]);
});
