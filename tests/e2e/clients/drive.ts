/**
 * Drives every operation of the API with the TypeScript client generated from its document.
 *
 * Run in a folder that holds the generated client, with the path of a JSON file that holds what
 * `tests/e2e/test_generated_clients.py` calls a task.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { client } from "./client/client.gen.ts";
import * as api from "./client/index.ts";

interface Task {
  url: string;
  token: string;
  handle: string;
  other: string;
  other_token: string;
  moderator_tokens: [string, string];
  small: string;
  large: string;
}

const PATIENCE_MS = 60_000;
/** The keys of the browser in the example of RFC 8291. */
const DEVICE = {
  p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
  auth: "BTBZMqHH6r4Tts7J_aSIgg",
};

const task = JSON.parse(await readFile(process.argv[2]!, "utf8")) as Task;
const small = await readFile(task.small);
const large = await readFile(task.large);
client.setConfig({ baseUrl: task.url, auth: () => task.token });

await driveService();
const [postId, mediaId] = await driveSmallPost();
await driveLargeUpload();
await driveFailedPost();
await drivePost();
await driveComments();
await drivePeople();
await driveModeration();
await driveFeedAndSearch();
await drivePlaces();
await drivePublic();
await driveAvatar();
await driveOriginal();
await driveRefusals();
await driveLeaving();

async function driveService(): Promise<void> {
  assert.equal((await answer(api.getHealth())).status, "ok");
}

async function driveSmallPost(): Promise<[string, string]> {
  const body: api.CreatePost = {
    caption: "Driven by TypeScript #typed",
    place: { name: "Lindau", latitude: 47.5436, longitude: 9.6835 },
    media: [{ ...medium(small), alt_text: "A lake" }],
  };
  const { post, uploads } = await answer(api.createPost({ body, headers: { "Idempotency-Key": "small" } }));
  await postForm(uploads[0]!, small);
  const published = await until(
    () => answer(api.getPost({ path: { id: post.id } })),
    (post) => post.state === "published",
  );
  assert.equal(published.media[0]!.alt_text, "A lake");
  assert.ok(published.published_at);
  return [post.id, uploads[0]!.media_id];
}

async function driveLargeUpload(): Promise<void> {
  const body: api.CreatePost = { media: [medium(large)] };
  const created = await answer(api.createPost({ body, headers: { "Idempotency-Key": "large" } }));
  const { media_id, multipart } = created.uploads[0]!;
  assert.ok(multipart);
  for (const part of multipart.parts) {
    const start = (part.number - 1) * multipart.part_size;
    const sent = await fetch(part.url, { method: "PUT", body: large.subarray(start, start + part.size) });
    assert.ok(sent.ok, await sent.text());
  }
  const state = await answer(api.getUpload({ path: { media_id } }));
  assert.deepEqual(
    state.arrived.map((part) => part.number),
    multipart.parts.map((part) => part.number),
  );
  const done = await answer(api.completeUpload({ path: { media_id } }));
  assert.equal(done.link, null);
  const { items } = await answer(api.listUploads());
  assert.ok(items.some((upload) => upload.media_id === media_id));
  const { id } = created.post;
  const { media } = await until(
    () => answer(api.getPost({ path: { id } })),
    (post) => post.state === "published",
  );
  assert.ok(media[0]!.zoomable);
  const zoom = await answer(api.zoomMedium({ path: { id, media_id } }));
  assert.equal(zoom.rendition, null); // it is being made
}

async function driveFailedPost(): Promise<void> {
  const broken = Buffer.from([0xff, 0xd8, 0xff]);
  const body: api.CreatePost = { media: [medium(broken)] };
  const created = await answer(api.createPost({ body, headers: { "Idempotency-Key": "broken" } }));
  const path = { id: created.post.id, media_id: created.uploads[0]!.media_id };
  await postForm(created.uploads[0]!, broken);
  await until(
    () => answer(api.getPost({ path })),
    (post) => post.state === "failed",
  );
  const mended = await answer(api.replaceMedium({ path, body: medium(small) }));
  const ids = mended.post.media.map(({ id }) => id);
  assert.deepEqual(mended.uploads.map(({ media_id }) => media_id), ids);
  const same = await answer(api.removeMedium({ path }));
  assert.deepEqual([same.state, same.media.map(({ id }) => id)], ["processing", ids]);
  const crop = { x: 0, y: 0.25, width: 1, height: 0.5 };
  const cropped = await answer(api.cropMedium({ path: { id: path.id, media_id: ids[0]! }, body: { crop } }));
  assert.deepEqual(cropped.post.media[0]!.crop, crop);
  await driveSchedule({ id: path.id });
  await driveDraft();
  assert.equal((await api.erasePost({ path })).response?.status, 204);
}

async function driveDraft(): Promise<void> {
  const body: api.CreatePost = { media: [medium(small)], draft: true };
  await answer(api.createPost({ body, headers: { "Idempotency-Key": "draft" } }));
  const [begun] = (await answer(api.listDrafts())).items;
  const path = { id: begun!.id };
  const media = [{ id: begun!.media[0]!.id, alt_text: "A lake" }];
  const { post } = await answer(api.changeDraft({ path, body: { media, publish: true } }));
  assert.deepEqual([post.draft_until, post.media[0]!.alt_text], [null, "A lake"]);
  assert.equal((await api.erasePost({ path })).response?.status, 204);
}

async function driveSchedule(path: { id: string }): Promise<void> {
  const publishAt = new Date(Date.now() + 2 * 86_400_000).toISOString().replace(/\.\d+Z/, "Z");
  const scheduled = await answer(api.schedulePost({ path, body: { publish_at: publishAt } }));
  assert.equal(Date.parse(scheduled.publish_at!), Date.parse(publishAt));
  const { items } = await answer(api.listScheduled());
  assert.deepEqual(
    items.map(({ id }) => id),
    [path.id],
  );
  assert.equal((await answer(api.publishPost({ path }))).publish_at, null);
}

async function drivePost(): Promise<void> {
  const path = { id: postId };
  const body: api.EditPost = { caption: "Edited by TypeScript #typed", place: null };
  const edited = await answer(api.editPost({ path, body }));
  assert.deepEqual([edited.caption, edited.place], [body.caption, null]);
  await driveAlbum(path);
  assert.equal((await api.untagMe({ path })).response?.status, 204);
  const [photo] = edited.media;
  const refused = await api.zoomMedium({ path: { ...path, media_id: photo!.id } });
  assert.deepEqual([photo!.zoomable, refused.response?.status], [false, 409]);
  assert.equal((await api.deletePost({ path })).response?.status, 204);
  const [deleted] = (await answer(api.listDeleted())).items;
  assert.equal(deleted!.returns_to, "published");
  assert.deepEqual(await answer(api.restorePost({ path })), edited);
  await driveLikes(path);
  await driveSaves(path);
}

async function driveAlbum(path: { id: string }): Promise<void> {
  const { post } = await answer(api.getAlbum({ path }));
  const ids = post.media.map(({ id }) => id);
  const media = ids.map((id) => ({ id, file: null }));
  const changed = await answer(api.changeAlbum({ path, body: { media, seen: ids } }));
  assert.deepEqual(
    changed.post.media.map(({ id }) => id),
    ids,
  );
  assert.deepEqual([changed.coming, changed.removed, changed.uploads], [[], [], []]);
}

async function driveLikes(path: { id: string }): Promise<void> {
  const liked = await answer(api.likePost({ path }));
  assert.deepEqual([liked.liked_by_me, liked.counts.likes], [true, 1]);
  const likers = (await answer(api.listLikers({ path }))).items;
  assert.deepEqual(
    likers.map((user) => user.handle),
    [task.handle],
  );
  const named = (await answer(api.nameLikers({ query: { ids: path.id } }))).items;
  assert.deepEqual(named, [], "nobody but oneself");
  assert.deepEqual((await answer(api.listAppearances())).items, []);
  const likes = (await answer(api.listLikes())).items;
  assert.deepEqual(
    likes.map((post) => [post.id, post.liked_by_me]),
    [[path.id, true]],
  );
  assert.equal((await answer(api.unlikePost({ path }))).counts.likes, 0);
}

async function driveComments(): Promise<void> {
  const post = { id: postId };
  const me = await answer(api.editMe({ body: { held_words: ["spoiler"] } }));
  assert.deepEqual(me.held_words, ["spoiler"]);
  const waiting = await answer(
    api.createComment({
      path: post,
      body: { text: "A spoiler!" },
      headers: { "Idempotency-Key": "waiting" },
      auth: () => task.other_token,
    }),
  );
  assert.ok(waiting.held);
  assert.equal((await answer(api.listHeldComments())).items[0]!.id, waiting.id);
  const path = { comment_id: waiting.id };
  assert.ok(!(await answer(api.approveComment({ path }))).held);
  const reply = await answer(
    api.createComment({
      path: post,
      body: { text: "A reply", reply_to: waiting.id },
      headers: { "Idempotency-Key": "reply" },
    }),
  );
  assert.deepEqual((await answer(api.listReplies({ path }))).items, [reply]);
  const own = { comment_id: reply.id };
  assert.ok((await answer(api.editComment({ path: own, body: { text: "Better" } }))).edited_at);
  assert.equal((await answer(api.listOwnComments())).items[0]!.text, "Better");
  assert.ok((await answer(api.hideComment({ path }))).hidden);
  assert.ok(!(await answer(api.showComment({ path }))).hidden);
  assert.ok((await answer(api.pinComment({ path }))).pinned);
  assert.equal((await answer(api.likeComment({ path }))).likes, 1);
  const listed = (await answer(api.listComments({ path: post, query: { order: "newest" } }))).items;
  assert.deepEqual(
    listed.map((comment) => [comment.id, comment.pinned, comment.replies]),
    [[waiting.id, true, 1]],
  );
  assert.equal((await answer(api.unlikeComment({ path }))).likes, 0);
  assert.ok(!(await answer(api.unpinComment({ path }))).pinned);
  for (const there of [own, path]) {
    assert.equal((await answer(api.getComment({ path: there }))).id, there.comment_id);
    assert.equal((await api.deleteComment({ path: there })).response?.status, 204);
  }
}

async function driveSaves(path: { id: string }): Promise<void> {
  assert.ok((await answer(api.savePost({ path }))).saved_by_me);
  assert.ok(!(await answer(api.unsavePost({ path }))).saved_by_me);
  const created = await answer(api.createCollection({ body: { name: "Driven" } }));
  const both = { collection_id: created.id, id: path.id };
  assert.equal((await answer(api.addToCollection({ path: both }))).count, 1);
  const saved = (await answer(api.listSaved())).items;
  assert.deepEqual(
    saved.map((post) => [post.id, post.saved_by_me]),
    [[path.id, true]],
  );
  const one = { collection_id: created.id };
  const collected = (await answer(api.listCollected({ path: one }))).items;
  assert.deepEqual(
    collected.map((post) => post.id),
    [path.id],
  );
  assert.equal((await answer(api.takeOutOfCollection({ path: both }))).count, 0);
  const renamed = await answer(api.renameCollection({ path: one, body: { name: "Driven on" } }));
  assert.deepEqual((await answer(api.listCollections())).items, [renamed]);
  assert.equal((await api.deleteCollection({ path: one })).response?.status, 204);
  assert.ok(!(await answer(api.unsavePost({ path }))).saved_by_me);
}

async function drivePeople(): Promise<void> {
  const [mine, other] = [{ handle: task.handle }, { handle: task.other }];
  assert.ok((await answer(api.follow({ path: other }))).followed_by_me);
  const following = await answer(api.listFollowing({ path: mine, query: { limit: 100 } }));
  assert.deepEqual(following.items.map((user) => user.handle), [task.other]);
  const followers = await answer(api.listFollowers({ path: other }));
  assert.ok(followers.items.some((user) => user.handle === task.handle));
  assert.ok((await answer(api.getUser({ path: other }))).followed_by_me);
  assert.ok((await answer(api.listUserPosts({ path: mine }))).items.length > 0);
  assert.ok(!(await answer(api.unfollow({ path: other }))).followed_by_me);
  await driveBlocksAndMutes(other);
  await driveHashtags();
  await driveDevices();
  await driveExports();
  const suggested = (await answer(api.listSuggestions({ query: { limit: 20 } }))).items;
  assert.ok(suggested.every((user) => user.handle !== task.handle));
  assert.ok(!(await answer(api.checkHandle({ query: other }))).free);
  const edited = await answer(api.editMe({ body: { display_name: "Driven by TypeScript" } }));
  assert.deepEqual(await answer(api.getMe()), edited);
  await driveRequests(mine, other);
}

/** The other one asks to follow, is let in and put out again. */
async function driveRequests(mine: { handle: string }, other: { handle: string }): Promise<void> {
  assert.equal((await switched(true)).requests, 0);
  const refused = await api.acceptRequest({ path: other });
  assert.equal(refused.response?.status, 404);
  assert.ok(refused.error && "error" in refused.error);
  assert.equal(refused.error.error.code, "request_not_found");
  const asked = await answer(api.follow({ path: mine, auth: () => task.other_token }));
  assert.ok(asked.requested_by_me);
  const asking = (await answer(api.listRequests())).items;
  assert.deepEqual(asking.map((user) => user.handle), [task.other]);
  assert.ok((await answer(api.acceptRequest({ path: other }))).follows_me);
  await driveActivity();
  await answer(api.declineRequest({ path: other }));
  assert.ok(!(await answer(api.removeFollower({ path: other }))).follows_me);
  assert.equal((await switched(false)).requests, 0);
}

async function driveActivity(): Promise<void> {
  const groups = (await answer(api.listActivity({ query: { limit: 20 } }))).items;
  assert.ok(groups.every((group) => group.users.length <= 3));
  assert.ok((await answer(api.countActivity())).count >= 0);
  assert.equal((await api.seeActivity()).response?.status, 204);
}

async function switched(isPrivate: boolean): Promise<api.Me> {
  const edited = await answer(api.editMe({ body: { private: isPrivate } }));
  assert.equal(edited.private, isPrivate);
  return edited;
}

async function driveBlocksAndMutes(path: { handle: string }): Promise<void> {
  const query = { until: "2099-12-31T00:00:00Z" };
  const muted = await answer(api.mute({ path, query }));
  assert.deepEqual((await answer(api.listMutes())).items, [muted]);
  assert.equal((await api.unmute({ path })).response?.status, 204);
  assert.deepEqual((await answer(api.listMutes())).items, []);
  const blocked = await answer(api.block({ path }));
  assert.deepEqual((await answer(api.listBlocks())).items, [blocked]);
  assert.equal((await api.unblock({ path })).response?.status, 204);
  assert.deepEqual((await answer(api.listBlocks())).items, []);
}

async function driveHashtags(): Promise<void> {
  const followed = await answer(api.followHashtag({ path: { tag: "Generated" } }));
  assert.equal(followed.hashtag, "generated");
  assert.deepEqual((await answer(api.listFollowedHashtags())).items, [followed]);
  const path = { tag: "generated" };
  assert.equal((await api.unfollowHashtag({ path })).response?.status, 204);
  assert.deepEqual((await answer(api.listFollowedHashtags())).items, []);
}

/** Begin an export, and stop it, or discard it if it is complete by then. */
async function driveExports(): Promise<void> {
  const begun = await answer(api.createExport());
  const all = (await answer(api.listExports())).items;
  assert.deepEqual(all.map((one) => one.id), [begun.id]);
  const path = { export_id: begun.id };
  assert.equal((await api.deleteExport({ path })).response?.status, 204);
  assert.deepEqual((await answer(api.listExports())).items, []);
}

/** Report somebody: one moderator limits them, and another one decides about their appeal. */
async function driveModeration(): Promise<void> {
  const [one, another] = task.moderator_tokens.map((token) => () => token);
  const auth = () => task.other_token;
  const { id } = await answer(api.getMe({ auth }));
  const case_id = (await answer(api.createReport({ body: { kind: "user", id, reason: "spam" } }))).id;
  assert.deepEqual((await answer(api.listReports())).items.map((report) => report.id), [case_id]);
  const path = { case_id };
  const waiting = (await answer(api.listCases({ auth: one }))).items;
  assert.ok(waiting.some((found) => found.id === case_id));
  const { version } = await answer(api.getCase({ path, auth: one }));
  const limit = { kind: "limit", rule: "spam", version } as const;
  const done = await answer(api.createAction({ path, body: limit, auth: one }));
  const told = (await answer(api.listStatements({ auth }))).items;
  assert.deepEqual(told.map((statement) => statement.case_id), [case_id]);
  const appeal = { case_id, text: "It is a play." };
  assert.equal((await answer(api.createAppeal({ body: appeal, auth }))).text, appeal.text);
  const appealed = await answer(api.getCase({ path, auth: another }));
  const upheld = { overturn: false, version: appealed.version };
  const decided = await answer(api.decideAppeal({ path, body: upheld, auth: another }));
  const undo = { action_id: done.actions.at(-1)!.id, version: decided.version };
  await answer(api.undoAction({ path, body: undo, auth: one }));
  assert.ok((await answer(api.getModerationStatistics({ auth: one }))).undone > 0);
  const logged = (await answer(api.listModerationLog({ auth: one }))).items;
  assert.ok(logged.some((entry) => entry.case_id === case_id));
}

/** Subscribe a device, with the keys of a browser. */
async function driveDevices(): Promise<void> {
  const endpoint = "https://push.example.com/typescript";
  const id = createHash("sha256").update(endpoint).digest().subarray(0, 16).toString("base64url");
  const path = { subscription_id: id };
  const subscribed = await answer(api.putPushSubscription({ path, body: { endpoint, ...DEVICE } }));
  assert.equal(subscribed.id, id);
  assert.deepEqual((await answer(api.listPushSubscriptions())).items, [subscribed]);
  assert.equal((await api.deletePushSubscription({ path })).response?.status, 204);
  assert.deepEqual((await answer(api.listPushSubscriptions())).items, []);
}

async function driveFeedAndSearch(): Promise<void> {
  const feed = await answer(api.getFeed());
  assert.ok(feed.items!.some((post) => post.id === postId));
  const since = await answer(api.getFeed({ query: { since: feed.latest! } }));
  assert.equal(since.new!.count, 0);
  // With every default of the document.
  const query = { q: "TypeScript", type: "all", km: 10, limit: 20 } as const;
  await until(
    async () => (await answer(api.search({ query }))).posts,
    (posts) => posts.some((post) => post.id === postId),
  );
  await answer(api.search({ query: { near: "47.5436,9.6835", km: 1.5, type: "posts" } }));
  assert.ok((await answer(api.suggest({ query: { q: "#type" } }))).items.length > 0);
  assert.ok((await answer(api.listTagged({ path: { tag: "typed" } }))).items.length > 0);
  assert.ok((await answer(api.getHashtag({ path: { tag: "typed" } }))).posts > 0);
  // Nobody waits here until the list has been made.
  await answer(api.listExplored());
}

async function drivePlaces(): Promise<void> {
  assert.equal((await answer(api.getPlace({ path: { place: "Lindau" } }))).place, "lindau");
  await answer(api.listAtPlace({ path: { place: "lindau" }, query: { order: "best" } }));
  await answer(api.findPlaces({ query: { q: "Lin", near: "47.5436,9.6835" } }));
}

async function drivePublic(): Promise<void> {
  const [path, mine] = [{ id: postId }, { handle: task.handle }];
  const post = await answer(api.getPublicPost({ path }));
  assert.deepEqual([post.id, post.sensitive], [postId, false]);
  const enlarged = { ...path, media_id: post.media[0]!.id };
  const { rendition } = await answer(api.findZoom({ path: enlarged }));
  assert.equal(rendition, null); // nobody has asked for one
  assert.equal((await answer(api.getPublicUser({ path: mine }))).handle, task.handle);
  assert.ok((await answer(api.listPublicUserPosts({ path: mine }))).items.length > 0);
  assert.ok((await answer(api.listPublicTagged({ path: { tag: "typed" } }))).items.length > 0);
  await answer(api.listPublicAtPlace({ path: { place: "lindau" }, query: { order: "best" } }));
  await answer(api.listPublicExplored());
  const feed = await answer(api.getPublicUserFeed({ path: mine, parseAs: "text" }));
  assert.ok(feed.includes(postId));
  const page = await answer(api.getPage({ query: { post: postId }, parseAs: "text" }));
  const url = page.split('"').find((part) => part.endsWith(`/p/${postId}`));
  assert.ok(url);
  const embedded = await answer(api.getOembed({ query: { url, maxwidth: 640 } }));
  assert.equal(embedded.type, "photo");
}

async function driveAvatar(): Promise<void> {
  const headers = { "Idempotency-Key": "avatar" };
  const { upload } = await answer(api.createAvatar({ body: medium(small), headers }));
  await postForm(upload!, small);
  await until(
    async () => (await answer(api.getMe())).avatar,
    (avatar) => avatar !== null,
  );
  assert.equal((await api.deleteAvatar()).response?.status, 204);
  assert.equal((await answer(api.getMe())).avatar, null);
}

async function driveOriginal(): Promise<void> {
  const { url } = await answer(api.getOriginal({ path: { media_id: mediaId } }));
  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
  assert.ok(bytes.equals(small));
}

/** Errors have the bodies that the document says. */
async function driveRefusals(): Promise<void> {
  const missing = await api.getUser({ path: { handle: "nobody.has.it" } });
  assert.equal(missing.response?.status, 404);
  assert.ok(missing.error && "error" in missing.error);
  assert.equal(missing.error.error.code, "user_not_found");
  const refused = await api.search({ query: { q: "" } });
  assert.equal(refused.response?.status, 400);
  const stranger = await api.getMe({ auth: () => "nonsense" });
  assert.equal(stranger.response?.status, 401);
  assert.ok(stranger.error && ("error" in stranger.error || "message" in stranger.error));
}

async function driveLeaving(): Promise<void> {
  assert.equal((await api.reopenAccount()).response?.status, 204);
  const closing = await answer(api.closeAccount());
  assert.ok(closing.closed_at < closing.erased_at);
  for (let time = 0; time < 2; time += 1) {
    assert.equal((await api.signOutEverywhere()).response?.status, 204);
  }
  const ended = await api.getMe();
  assert.equal(ended.response?.status, 401);
  assert.ok(ended.error && "error" in ended.error);
  assert.equal(ended.error.error.code, "session_ended");
}

function medium(photo: Buffer) {
  const sha256 = createHash("sha256").update(photo).digest("hex");
  return { content_type: "image/jpeg" as const, bytes: photo.length, sha256 };
}

async function postForm(link: api.UploadLink, photo: Buffer): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(link.fields!)) form.append(name, value);
  form.append("file", new Blob([new Uint8Array(photo)]), "photo");
  const sent = await fetch(link.url!, { method: "POST", body: form });
  assert.ok(sent.ok, await sent.text());
}

/** What a successful answer holds. */
async function answer<T>(call: Promise<{ data: T; error: unknown }>): Promise<NonNullable<T>> {
  const { data, error } = await call;
  assert.ok(data !== undefined && data !== null, JSON.stringify(error));
  return data;
}

/** What `read` gives once `accept` takes it. */
async function until<T>(read: () => Promise<T>, accept: (value: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ; ) {
    const value = await read();
    if (accept(value)) return value;
    assert.ok(Date.now() < deadline, JSON.stringify(value));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
