/** The hashtags that one follows: read once, and then as one changes them. */
import { call } from "./api.ts";
import { person } from "./auth.ts";
import { sentence } from "./errors.ts";
import { foldTag } from "./fold.ts";
import { askedNow, noteWrite } from "./freshness.ts";
import { Store } from "./store.ts";
import { toast } from "./toasts.ts";
import { Wishes } from "./wishes.ts";

const HASHTAGS = "hashtags";

/** In alphabetical order; null until they are read. */
export const followedTags = new Store<readonly string[] | null>(null);
/** By folded tag. */
export const tagWishes = new Wishes();

let loading: Promise<readonly string[]> | undefined;

person.watch(() => {
  loading = undefined;
  followedTags.set(null);
});

/** Reads all of them; calls at the same time share one reading. Raises the same errors as `call`. */
export function loadFollowedTags(): Promise<readonly string[]> {
  const asking = person.value;
  loading ??= read().finally(() => {
    if (person.value === asking) loading = undefined;
  });
  return loading;
}

/** They are few. */
async function read(): Promise<readonly string[]> {
  const [knows, asking] = [askedNow(), person.value];
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const query: { cursor?: string } = cursor === null ? {} : { cursor };
    const page = await call("get", "/me/hashtags", { query });
    found.push(...page.items.map(({ hashtag }) => hashtag));
    cursor = page.next_cursor;
  } while (cursor !== null);
  // What was asked before somebody else signed in is not about them.
  if (person.value !== asking) return found;
  if (!knows(HASHTAGS)) return read();
  followedTags.set(found);
  return found;
}

/** Shown at once; a failure is told, and what was true is shown again. */
export async function followTag(tag: string, wanted: boolean): Promise<void> {
  const asking = person.value;
  try {
    await tagWishes.want(foldTag(tag), wanted, async (isFollowed) => {
      const added = isFollowed ? [await follow(tag)] : [];
      if (!isFollowed) await call("delete", "/me/hashtags/{tag}", { path: { tag } });
      if (person.value !== asking) return;
      noteWrite(HASHTAGS);
      followedTags.update((tags) => {
        const others = (tags ?? []).filter((other) => foldTag(other) !== foldTag(tag));
        return [...others, ...added].sort();
      });
    });
  } catch (error) {
    toast(sentence(error), { isError: true });
  }
}

/** Answers the tag as the API keeps it, without accents. */
async function follow(tag: string): Promise<string> {
  const { hashtag } = await call("put", "/me/hashtags/{tag}", { path: { tag } });
  return hashtag;
}
