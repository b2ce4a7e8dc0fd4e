/** Who is named beside posts: asked for when one comes near them, for many posts at once. */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { type Author, call } from "../api.ts";
import { interrupted, person } from "../auth.ts";
import { useIsShown } from "../relations.ts";
import { watchSight } from "../sight.ts";
import { Store, useStore } from "../store.ts";

/** Posts are asked about when they are this near, so that the name is there when they come into sight. */
const NEAR = "150% 0px";
/** What comes near within this time goes into one request. */
const TOGETHER_MS = 150;
/** As many as one request takes. */
const MOST = 20;
/** A name that is older is asked for again when one comes back to the post. */
const FRESH_MS = 300_000;

/** By the ids of the posts; without those of which nobody is named. */
const named = new Store<ReadonlyMap<string, Author>>(new Map());
/** When each post was asked about last. */
const asked = new Map<string, number>();
const waiting = new Set<string>();

person.watch(() => {
  named.set(new Map());
  asked.clear();
  waiting.clear();
});

/** One of those who like a post; `isAsked` if there is somebody besides oneself. */
export function useNamedLiker(
  id: string,
  isAsked: boolean,
  near: RefObject<Element>,
): Author | undefined {
  const author = useStore(named).get(id);
  const isShown = useIsShown();

  useEffect(() => {
    if (!isAsked) return;
    return watchSight(near.current!, { rootMargin: NEAR }, (now) => {
      if (now.isIntersecting) want(id);
    });
  }, [id, isAsked]);

  return author !== undefined && isShown({ author }) ? author : undefined;
}

function want(id: string): void {
  if (Date.now() - (asked.get(id) ?? 0) < FRESH_MS) return;
  if (waiting.size === 0) setTimeout(() => void ask(), TOGETHER_MS);
  waiting.add(id);
}

/** Without an answer, what is shown stays, until one comes near the post again. */
async function ask(): Promise<void> {
  const ids = [...waiting].slice(0, MOST);
  for (const id of ids) waiting.delete(id);
  if (waiting.size > 0) setTimeout(() => void ask(), TOGETHER_MS);
  if (ids.length === 0 || interrupted.value) return;
  const asking = person.value;
  for (const id of ids) asked.set(id, Date.now());
  try {
    const { items } = await call("get", "/posts/likers", { query: { ids: ids.join(",") } });
    if (person.value !== asking) return;
    const found = new Map([...named.value].filter(([id]) => !ids.includes(id)));
    for (const { post_id, user } of items) found.set(post_id, user);
    named.set(found);
  } catch {
    for (const id of ids) asked.delete(id);
  }
}
