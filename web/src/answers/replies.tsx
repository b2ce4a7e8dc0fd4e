import { useState } from "preact/hooks";
import type { Comment, PostBody } from "../api.ts";
import { counted, t } from "../language.ts";
import { useIsListed } from "../relations.ts";
import { useStore } from "../store.ts";
import { ofThisVisit } from "../visits.ts";
import { writeComment } from "./comment-actions.ts";
import { CommentItem } from "./comment-item.tsx";
import { Composer } from "./composer.tsx";
import { type Present, recallComment, rememberComment } from "./known-comments.ts";
import { Pages } from "./pages.tsx";
import { repliesTo, type Thread } from "./thread.ts";

interface Props {
  post: PostBody;
  /** The comment that begins the conversation. */
  comment: Comment;
  /** The comment or reply that one is answering. */
  replyTo: Present | null;
  onReply?: (comment: Present) => void;
  /** The reply is sent, or will not be. */
  onDone: () => void;
}

/** The replies to a comment, as they were read in this visit: one comment has one thread. */
function threadBelow(id: string): Thread {
  const threads = ofThisVisit("replies", () => new Map<string, Thread>());
  const thread = threads.get(id) ?? repliesTo(id);
  threads.set(id, thread);
  return thread;
}

/** The replies to a comment: those one has written at once, the others once one asks for them. */
export function Replies({ post, comment, replyTo, onReply, onDone }: Props) {
  const [isOpen, setOpen] = useState(false);
  const thread = threadBelow(comment.id);
  const written = useStore(thread.written);
  const isListed = useIsListed();
  const reply = onReply ? { onReply } : {};
  const unseen = comment.replies - written.length;
  const list = (replies: readonly Comment[]) => (
    <ul class="comment-list">
      {replies
        .filter(({ author }) => author === null || isListed(author))
        .map((other) => (
          <CommentItem key={other.id} comment={other} {...reply} />
        ))}
    </ul>
  );
  return (
    <div class="replies">
      {(isOpen || unseen > 0) && (
        <button
          type="button"
          class="comment-button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen
            ? t("Hide replies")
            : counted(unseen, "View {count} reply", "View {count} replies")}
        </button>
      )}
      {isOpen ? (
        <Pages thread={thread} more={t("Load more replies")}>
          {list}
        </Pages>
      ) : (
        written.length > 0 && list(written)
      )}
      {replyTo && (
        <Composer
          key={replyTo.id}
          name={`reply ${replyTo.id}`}
          label={t("Your reply to @{handle}", { handle: replyTo.author.handle })}
          action={t("Reply")}
          // Whoever is told of a reply to their comment needs no mention in it.
          text={replyTo.reply_to ? `@${replyTo.author.handle} ` : ""}
          isAsked
          onCancel={onDone}
          onSend={async (text, key) => {
            thread.add(await writeComment(post, { text, replyTo, key }));
            const now = recallComment(comment);
            rememberComment({ ...now, replies: now.replies + 1 });
          }}
          onDone={onDone}
        />
      )}
    </div>
  );
}
