import assert from "node:assert/strict";
import { test } from "node:test";
import { linksIn, Renewals } from "../src/links.ts";

const link = (medium: string, expiry: number, name = "640.jpg", signature = "s") =>
  `https://x.example/media/${medium}-blob/${name}?m=${medium}&e=${expiry}&s=${signature}`;

/** What a post with these media is answered with: two files each, and an avatar. */
const post = (media: string[], expiry: number) => ({
  author: { avatar: { url: link("avatar", expiry) } },
  media: media.map((medium) => ({
    id: medium,
    renditions: [{ url: link(medium, expiry) }, { url: link(medium, expiry, "1080.webp") }],
    clip: null,
  })),
});

function source(key: string, answers: unknown[]) {
  const reads = { count: 0 };
  const read = async () => {
    reads.count++;
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { source: { key, read }, reads };
}

const newest = (renewals: Renewals, url: string) => renewals.newest(url).value;

test("links are found wherever they are in an answer, and nothing else is", () => {
  const caption = "https://x.example/media/a-blob/640.jpg?m=a&e=9999999999&s=s";
  const answer = { ...post(["a", "b"], 5), caption, next: null, n: 5 };
  const media = [...linksIn(answer)].map((url) => new URL(url, "https://y").searchParams.get("m"));
  assert.deepEqual(media, ["avatar", "a", "a", "b", "b"]);
  assert.deepEqual([...linksIn({ url: "https://x.example/p/1?m=2" })], []);
});

test("the files of a post are renewed by reading it once", async () => {
  const renewals = new Renewals();
  const { source: ofPost, reads } = source("post 1", [post(["a", "b"], 20)]);
  const failed = [link("a", 10), link("a", 10, "1080.webp"), link("b", 10), link("avatar", 10)];
  await Promise.all(failed.map((url) => renewals.renew(url, ofPost)));
  assert.equal(reads.count, 1);
  for (const url of failed) assert.match(newest(renewals, url), /e=20/);
});

test("a link that stays the same is given up: nothing is asked again", async () => {
  const renewals = new Renewals();
  const { source: ofPost, reads } = source("post 1", [post(["a"], 10), post(["a"], 10)]);
  for (let i = 0; i < 5; i++) await renewals.renew(link("a", 10), ofPost);
  assert.equal(reads.count, 1);
});

test("a new link that fails too is asked for once more", async () => {
  const renewals = new Renewals();
  const { source: ofPost, reads } = source("post 1", [post(["a"], 20), post(["a"], 20)]);
  await renewals.renew(link("a", 10), ofPost);
  await renewals.renew(link("a", 20), ofPost);
  await renewals.renew(link("a", 20), ofPost);
  assert.equal(reads.count, 2);
});

test("a failure of the old link after the new one has come asks nothing", async () => {
  const renewals = new Renewals();
  const { source: ofPost, reads } = source("post 1", [post(["a"], 20)]);
  await renewals.renew(link("a", 10), ofPost);
  await renewals.renew(link("a", 10, "1080.webp"), ofPost);
  assert.equal(reads.count, 1);
});

test("if nothing could be read, the next failure asks again", async () => {
  const renewals = new Renewals();
  const { source: ofPost, reads } = source("post 1", [new Error("offline"), post(["a"], 20)]);
  await renewals.renew(link("a", 10), ofPost);
  assert.match(newest(renewals, link("a", 10)), /e=10/);
  await renewals.renew(link("a", 10), ofPost);
  assert.equal(reads.count, 2);
  assert.match(newest(renewals, link("a", 10)), /e=20/);
});

test("different posts are read by themselves", async () => {
  const renewals = new Renewals();
  const one = source("post 1", [post(["a"], 20)]);
  const other = source("post 2", [post(["b"], 20)]);
  await Promise.all([
    renewals.renew(link("a", 10), one.source),
    renewals.renew(link("b", 10), other.source),
  ]);
  assert.deepEqual([one.reads.count, other.reads.count], [1, 1]);
});

test("a link of other keys takes the place of one that expires at the same time", async () => {
  const renewals = new Renewals();
  const answer = { url: link("a", 10, "640.jpg", "new") };
  await renewals.renew(link("a", 10), source("post 1", [answer]).source);
  assert.match(newest(renewals, link("a", 10)), /s=new/);
});

test("what a list has read since is shown, and an older link never", () => {
  const renewals = new Renewals();
  assert.match(newest(renewals, link("a", 10)), /e=10/);
  assert.match(newest(renewals, link("a", 30)), /e=30/);
  assert.match(newest(renewals, link("a", 20)), /e=30/);
});

test("what is no link to media is left alone", async () => {
  const renewals = new Renewals();
  const { source: ofPost, reads } = source("post 1", []);
  for (const url of ["blob:https://x.example/1", "/assets/a.svg?e=1", ""]) {
    assert.equal(newest(renewals, url), "");
    await renewals.renew(url, ofPost);
  }
  assert.equal(reads.count, 0);
});
