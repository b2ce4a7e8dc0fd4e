/** Likes and saves: shown at once, told once there is a network, and as they are if the API refuses. */
import { type Comment, call, type PostBody } from "../api.ts";
import { account, person } from "../auth.ts";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { fetchPost, recall, rememberAnswered } from "../posts.ts";
import { delayAfter } from "../recovery.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";
import { type Counted, counted, Wishes } from "../wishes.ts";
import { knownComment, rememberComment } from "./known-comments.ts";
import { forgetUnsent, isWaiting, type Kind, keepUnsent, unsent, type Wish } from "./unsent.ts";

const WISHES: Record<Kind, Wishes> = {
  like: new Wishes((id, wanted) => waits({ kind: "like", id, wanted })),
  save: new Wishes((id, wanted) => waits({ kind: "save", id, wanted })),
  "comment-like": new Wishes((id, wanted) => waits({ kind: "comment-like", id, wanted })),
};

export function useLike(post: PostBody): Counted {
  const wanted = useStore(WISHES.like.wanted).get(post.id);
  return counted(post.liked_by_me, post.counts.likes, wanted);
}

export function useSave(post: PostBody): boolean {
  return useStore(WISHES.save.wanted).get(post.id) ?? post.saved_by_me;
}

export function useCommentLike(comment: Comment): Counted {
  const wanted = useStore(WISHES["comment-like"].wanted).get(comment.id);
  return counted(comment.liked_by_me, comment.likes, wanted);
}

export function likePost({ id }: PostBody, wanted: boolean): Promise<void> {
  return wish({ kind: "like", id, wanted });
}

export function savePost({ id }: PostBody, wanted: boolean): Promise<void> {
  return wish({ kind: "save", id, wanted });
}

export function likeComment({ id }: Comment, wanted: boolean): Promise<void> {
  return wish({ kind: "comment-like", id, wanted });
}

/** A failure is said, and the post read again: whether the API has done it may not be known. */
async function wish({ kind, id, wanted }: Wish): Promise<void> {
  try {
    const isTold = await WISHES[kind].want(id, wanted, (now) => TELL[kind](id, now));
    if (isTold) forgetUnsent({ kind, id });
  } catch (error) {
    forgetUnsent({ kind, id });
    toast(sentence(error), { isError: true });
    if (kind !== "comment-like") fetchPost(id).catch(() => undefined); // what was known stays
  }
}

const TELL: Record<Kind, (id: string, wanted: boolean) => Promise<void>> = {
  like: async (id, wanted) => {
    const path = { id };
    learn(id, await call(wanted ? "put" : "delete", "/posts/{id}/like", { path }));
  },
  save: async (id, wanted) => {
    const path = { id };
    learn(id, await call(wanted ? "put" : "delete", "/posts/{id}/save", { path }));
  },
  "comment-like": async (id, wanted) => {
    const path = { comment_id: id };
    const answer = await call(wanted ? "put" : "delete", "/comments/{comment_id}/like", { path });
    const known = knownComment(id);
    if (known !== undefined) rememberComment({ ...known, ...answer });
  },
};

function learn(id: string, answer: Partial<PostBody>): void {
  const known = recall(id);
  if (known !== undefined) rememberAnswered({ ...known, ...answer });
}

let attempts = 0;
let next: ReturnType<typeof setTimeout> | undefined;

/** Says so once: the heart alone does not show that it waits. */
function waits(kept: Wish): boolean {
  const isFirst = unsent().length === 0;
  if (!keepUnsent(kept)) return false;
  if (isFirst) toast(t("There is no connection. This is sent as soon as there is one."));
  clearTimeout(next);
  next = setTimeout(sendUnsent, delayAfter(attempts++));
  return true;
}

/** What fails once more waits again. Where it is not known yet whose they are, that is found out first. */
async function sendUnsent(): Promise<void> {
  clearTimeout(next);
  if (!isWaiting() || !navigator.onLine) return;
  await account();
  for (const kept of unsent()) void wish(kept);
}

function begin(): void {
  attempts = 0;
  for (const { kind, id, wanted } of unsent()) WISHES[kind].show(id, wanted);
  sendUnsent().catch(() => undefined); // the next time
}

begin();
person.watch(begin);
window.addEventListener("online", begin);
