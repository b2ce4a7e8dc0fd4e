import { useEffect, useRef, useState } from "preact/hooks";
import type { PostBody } from "../api.ts";
import { heights, type Stretch } from "../stretches.ts";
import { nameOf } from "./carousel.tsx";
import { PostCard } from "./post-card.tsx";

/** Farther away than this, nobody comes to it before it is there again. */
const NEAR = "500% 0px";

const watched = new Map<Element, (isNear: boolean) => void>();
let watcher: IntersectionObserver | undefined;

/** One watcher for all: a feed may have thousands of posts. */
function watch(element: Element, onChange: (isNear: boolean) => void): () => void {
  watcher ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) watched.get(target)?.(isIntersecting);
    },
    { rootMargin: NEAR },
  );
  watched.set(element, onChange);
  watcher.observe(element);
  return () => {
    watched.delete(element);
    watcher!.unobserve(element);
  };
}

interface Props {
  stretch: Stretch<PostBody>;
  /** It is where one begins to look: on the page from the start. */
  isHere: boolean;
  /** Its first picture is the first of the page. */
  isFirst: boolean;
  hasActions: boolean;
}

/**
 * A stretch of a long feed, which is taken from the page while it is far from what one sees: only its height and
 * its text are kept. So a feed may become as long as it likes, nothing moves, and searching in the page leads
 * near to everything.
 */
export function FeedStretch({ stretch, isHere, isFirst, hasActions }: Props) {
  const { key, posts } = stretch;
  const box = useRef<HTMLDivElement>(null);
  /** How many posts it had when it was taken from the page; null while it is there. */
  const [taken, setTaken] = useState(isHere || !heights.has(key) ? null : posts.length);

  useEffect(
    () =>
      watch(box.current!, (isNear) => {
        const element = box.current!;
        if (isNear) return setTaken(null);
        const isThere = element.childElementCount > 0;
        // What is deleted has no height, and may come back by an undo.
        if (isThere && element.offsetHeight > 0 && !element.contains(document.activeElement)) {
          heights.set(key, element.offsetHeight);
          setTaken(element.childElementCount);
        }
      }),
    [],
  );

  if (taken === posts.length)
    // One element for all of them, with one text: there may be thousands.
    return (
      <div
        ref={box}
        class="far"
        data-posts={posts.map(({ id }) => id).join(" ")}
        style={{ height: `${heights.get(key)}px` }}
      >
        {posts.map((post) => `${nameOf(post)} ${post.caption}`).join("\n")}
      </div>
    );
  return (
    <div ref={box} class="stretch">
      {posts.map((post, index) => (
        <div key={post.id} data-post={post.id}>
          <PostCard post={post} eager={isFirst && index === 0} hasActions={hasActions} />
        </div>
      ))}
    </div>
  );
}
