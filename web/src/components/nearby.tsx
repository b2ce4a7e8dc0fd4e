import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

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
  /** By which the post is found in the page. */
  id: string;
  /** What stands for it while it is far away: what a search in the page may look for. */
  text: string;
  children: ComponentChildren;
}

/**
 * An entry of a long list, which is taken down while it is far from what one sees: only its height and its
 * text are kept. So a list may become as long as it likes, nothing moves, and searching in the page finds
 * everything.
 */
export function Nearby({ id, text, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState<number | null>(null); // null: it is near

  useEffect(
    () =>
      watch(box.current!, (isNear) => {
        const element = box.current!;
        if (isNear) setHeight(null);
        else if (!element.contains(document.activeElement)) setHeight(element.offsetHeight);
      }),
    [],
  );

  if (height === null)
    return (
      <div ref={box} data-post={id}>
        {children}
      </div>
    );
  return (
    <div ref={box} data-post={id} class="far" style={{ height: `${height}px` }}>
      <article>{text}</article>
    </div>
  );
}
