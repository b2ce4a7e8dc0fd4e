import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Comment } from "../api.ts";
import { Retry } from "../components/endless.tsx";
import { focusOn } from "../components/focus.ts";
import { counted, t } from "../language.ts";
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
  const [said, setSaid] = useState("");
  const ids = new Set(written.map(({ id }) => id));
  const comments = [...written, ...items.filter(({ id }) => !ids.has(id))];

  useEffect(() => {
    if (thread.list.state.value.items.length === 0) void thread.list.more();
  }, [thread]);

  // The focus goes on with the first of what has come: the button is below all of it then, or gone.
  async function loadMore(button: Element): Promise<void> {
    const list = button.previousElementSibling;
    const last = list?.lastElementChild;
    const { length } = thread.list.state.value.items;
    await thread.list.more();
    const found = thread.list.state.value.items.length - length;
    setSaid(
      found > 0
        ? counted(found, "{count} more comment loaded", "{count} more comments loaded")
        : "",
    );
    requestAnimationFrame(() => {
      const next = last?.nextElementSibling ?? list?.parentElement?.querySelector(".notice button");
      if (next) focusOn(next);
    });
  }

  return (
    <>
      {comments.length > 0 && children(comments)}
      {comments.length === 0 && status === "end" && empty}
      {status === "error" && (
        <Retry message={error ?? ""} onRetry={() => void thread.list.more()} />
      )}
      {status === "loading" && comments.length === 0 && (
        <div class="loading-more" role="status">
          <span class="spinner" aria-hidden="true" />
          <span class="visually-hidden">{t("Loading comments")}</span>
        </div>
      )}
      {(status === "more" || status === "loading") && comments.length > 0 && (
        <button
          type="button"
          class="link-button"
          aria-disabled={status === "loading"}
          onClick={({ currentTarget }) => void loadMore(currentTarget)}
        >
          {status === "loading" ? t("Loading…") : more}
        </button>
      )}
      <span class="visually-hidden" role="status">
        {said}
      </span>
    </>
  );
}
