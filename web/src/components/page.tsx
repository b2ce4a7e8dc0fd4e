import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { location, rememberedScroll } from "../router.ts";

const FIRST_VISIT = location.value;

interface Props {
  /** Of the browser's tab, and of the page for those who hear it. */
  title: string;
  /** Where the heading is not to be seen, because it goes without saying. */
  hideTitle?: boolean;
  children: ComponentChildren;
  class?: string;
}

/**
 * A view: its heading gets the focus when one comes from another view, so that screen readers say
 * where one is; and it is scrolled to where one was when one returns to it.
 */
export function Page({ title, hideTitle = false, children, class: extra = "" }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = title === "Shutterfeed" ? title : `${title} · Shutterfeed`;
  }, [title]);

  useLayoutEffect(() => {
    if (location.value === FIRST_VISIT) return;
    window.scrollTo({ top: location.value.returned ? rememberedScroll() : 0, behavior: "instant" });
    heading.current!.focus({ preventScroll: true });
  }, []);

  return (
    <div class={`page ${extra}`}>
      <h1 ref={heading} tabIndex={-1} class={hideTitle ? "visually-hidden" : "page-title"}>
        <bdi>{title}</bdi>
      </h1>
      {children}
    </div>
  );
}
