import { useEffect, useRef, useState } from "preact/hooks";
import { nameOf } from "./carousel.tsx";
import { type CardProps, PostCard } from "./post-card.tsx";

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

/**
 * A post of a long feed, which is taken down while it is far from what one sees: only its height and its text
 * are kept. So a feed may become as long as it likes, nothing moves, and searching in the page finds everything.
 */
export function NearbyCard(props: CardProps) {
  const { post } = props;
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState<number | null>(null); // null: it is near

  useEffect(
    () =>
      watch(box.current!, (isNear) => {
        const element = box.current!;
        if (isNear) setHeight(null);
        // What is deleted has no height, and may come back by an undo.
        else if (element.offsetHeight > 0 && !element.contains(document.activeElement))
          setHeight(element.offsetHeight);
      }),
    [],
  );

  if (height === null)
    return (
      <div ref={box} data-post={post.id}>
        <PostCard {...props} />
      </div>
    );
  // One element for each, and none within: there may be thousands.
  return (
    <div ref={box} data-post={post.id} class="far" role="article" style={{ height: `${height}px` }}>
      {nameOf(post)} {post.caption}
    </div>
  );
}
