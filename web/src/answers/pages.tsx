import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Comment } from "../api.ts";
import { Retry } from "../components/endless.tsx";
import { useStore } from "../store.ts";
import type { Thread } from "./thread.ts";

interface Props {
  thread: Thread;
  /** The name of the button that reads the next page. */
  more: string;
  empty?: ComponentChildren;
  children: (comments: readonly Comment[]) => ComponentChildren;
}

/** What was written here, then what was read, and a button for more. */
export function Pages({ thread, more, empty, children }: Props) {
  const { items, status, error } = useStore(thread.list.state);
  const written = useStore(thread.written);
  const ids = new Set(written.map(({ id }) => id));
  const comments = [...written, ...items.filter(({ id }) => !ids.has(id))];

  useEffect(() => {
    if (thread.list.state.value.items.length === 0) void thread.list.more();
  }, [thread]);

  return (
    <>
      {comments.length > 0 && children(comments)}
      {comments.length === 0 && status === "end" && empty}
      {status === "error" && (
        <Retry message={error ?? ""} onRetry={() => void thread.list.more()} />
      )}
      {status === "loading" && (
        <div class="loading-more" role="status">
          <span class="spinner" aria-hidden="true" />
          <span class="visually-hidden">Loading comments</span>
        </div>
      )}
      {status === "more" && comments.length > 0 && (
        <button type="button" class="link-button" onClick={() => void thread.list.more()}>
          {more}
        </button>
      )}
    </>
  );
}
