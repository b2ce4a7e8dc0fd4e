import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { t } from "../language.ts";
import type { List } from "../lists.ts";
import { type Around, ListAround, postsIn } from "../looking.ts";
import { useRecovery } from "../recovery.ts";
import { watchSight } from "../sight.ts";
import { useStore } from "../store.ts";

interface Props<T> {
  list: List<T>;
  /** Leaves items out, such as posts of somebody whom one has just blocked. */
  isShown?: (item: T) => boolean;
  /** Around all items, in order. */
  render: (items: readonly T[]) => ComponentChildren;
  /** Shown in place of an empty list. */
  empty: ComponentChildren;
  /** Shown in place of the first page while it loads. */
  skeleton: ComponentChildren;
  /** Shown below the last item. */
  end?: ComponentChildren;
  /** Not all items are shown yet, and no further page is asked for. */
  isHeld?: boolean;
}

/** A list that goes on as one scrolls down, two screens before its end is reached. */
export function Endless<T>(props: Props<T>) {
  const { list, isShown, render, empty, skeleton, end, isHeld = false } = props;
  const state = useStore(list.state);
  const sentinel = useRef<HTMLDivElement>(null);
  const items = isShown ? state.items.filter(isShown) : state.items;
  const isEmpty = items.length === 0;
  const shown = useRef(isShown);
  shown.current = isShown;
  const around = useMemo(
    (): Around => ({
      items: () => postsIn(list.state.value.items, shown.current),
      more: () => list.more(),
    }),
    [list],
  );
  const isBroken = state.status === "error" && state.passes;
  useRecovery(isBroken, state.status === "more" || state.status === "end", () => void list.more());

  useEffect(() => {
    if (state.status !== "more" || (isHeld && !isEmpty)) return undefined;
    if (isEmpty) {
      // Whatever its size, what stands in for the first page is no reason to wait.
      void list.more();
      return undefined;
    }
    return watchSight(sentinel.current!, { rootMargin: "0px 0px 200% 0px" }, (now) => {
      if (now.isIntersecting) void list.more();
    });
  }, [list, state.status, items.length, isHeld]);

  return (
    <>
      <ListAround.Provider value={around}>{!isEmpty && render(items)}</ListAround.Provider>
      {isEmpty && state.status === "end" && empty}
      {isEmpty && (state.status === "loading" || state.status === "more") && skeleton}
      {state.status === "error" && (
        <Retry message={state.error ?? ""} onRetry={() => void list.more()} />
      )}
      {!isEmpty && state.status === "loading" && (
        <div class="loading-more" role="status">
          <span class="spinner" aria-hidden="true" />
          <span class="visually-hidden">{t("Loading more")}</span>
        </div>
      )}
      {!isEmpty && !isHeld && state.status === "end" && end}
      <div ref={sentinel} class="sentinel" />
    </>
  );
}

export function Retry({ message, onRetry }: { message: string; onRetry: () => void }) {
  return (
    <div class="notice" role="alert">
      <p>{message}</p>
      <button type="button" class="button" onClick={onRetry}>
        {t("Try again")}
      </button>
    </div>
  );
}
