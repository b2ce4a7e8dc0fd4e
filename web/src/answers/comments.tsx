import { useEffect, useRef, useState } from "preact/hooks";
import { type Comment, call, type PostBody } from "../api.ts";
import { Retry } from "../components/endless.tsx";
import { t } from "../language.ts";
import { me } from "../me.ts";
import { useIsListed } from "../relations.ts";
import { useResource } from "../resource.ts";
import { location } from "../router.ts";
import { useStore } from "../store.ts";
import { ofThisVisit } from "../visits.ts";
import { writeComment } from "./comment-actions.ts";
import { CommentItem } from "./comment-item.tsx";
import { Composer } from "./composer.tsx";
import { isPresent, type Present, readComments, useComment } from "./known-comments.ts";
import { Pages } from "./pages.tsx";
import { Replies } from "./replies.tsx";
import { commentsOf, type Order, type Thread } from "./thread.ts";

interface Props {
  post: PostBody;
}

/** The comments of a post, and where one writes one's own. */
export function Comments({ post }: Props) {
  const [order, setOrder] = useState<Order>("oldest");
  const thread = ofThisVisit(`comments ${order}`, () => commentsOf(post.id, order));
  const { query } = useStore(location);
  const [said, setSaid] = useState("");
  const linked = query.get("comment");

  return (
    <section class="comments" aria-labelledby="comments">
      <div class="comments-head">
        <h2 id="comments" tabIndex={-1}>
          {t("Comments")}
        </h2>
        <OrderSwitch order={order} onOrder={setOrder} />
      </div>
      {post.can_comment ? (
        <NewComment post={post} thread={thread} onSaid={setSaid} />
      ) : (
        <p class="comments-note">{whyNot(post, me.value?.id)}</p>
      )}
      <p class="visually-hidden" role="status">
        {said}
      </p>
      {linked && <LinkedComment key={linked} post={post} id={linked} />}
      <Pages
        key={order}
        thread={thread}
        more={t("Load more comments")}
        empty={<p class="comments-note">{t("No comments yet.")}</p>}
      >
        {(comments) => (
          <ul class="comment-list">
            {comments
              .filter(({ id, deleted }) => deleted || id !== linked)
              .map((comment) => (
                <Conversation key={comment.id} post={post} comment={comment} />
              ))}
          </ul>
        )}
      </Pages>
    </section>
  );
}

function whyNot(post: PostBody, viewer: string | undefined): string {
  if (post.author.id === viewer) return t("You let nobody comment on this post.");
  return t("@{handle} has chosen who may comment here, and you are not among them.", {
    handle: post.author.handle,
  });
}

function OrderSwitch({ order, onOrder }: { order: Order; onOrder: (order: Order) => void }) {
  return (
    <select
      class="comments-order"
      aria-label={t("Order of the comments")}
      value={order}
      onChange={({ currentTarget }) => onOrder(currentTarget.value as Order)}
    >
      <option value="oldest">{t("Oldest first")}</option>
      <option value="newest">{t("Newest first")}</option>
    </select>
  );
}

interface NewCommentProps extends Props {
  thread: Thread;
  onSaid: (said: string) => void;
}

function NewComment({ post, thread, onSaid }: NewCommentProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const { query, key } = useStore(location);

  // Whoever came to write begins at once.
  useEffect(() => {
    if (query.has("write")) area.current?.focus();
  }, [key]);

  return (
    <Composer
      name={`comment ${post.id}`}
      label={t("Add a comment")}
      action={t("Post comment")}
      area={area}
      onSend={async (text, key) => {
        const comment = await writeComment(post, { text, replyTo: null, key });
        thread.add(comment);
        onSaid(
          comment.held
            ? t("Your comment is sent. It is shown once @{handle} has approved it.", {
                handle: post.author.handle,
              })
            : t("Your comment is there."),
        );
        area.current?.focus();
      }}
    />
  );
}

/** A comment with its replies. */
function Conversation({ post, comment: given }: { post: PostBody; comment: Comment }) {
  const comment = useComment(given);
  const [replyTo, setReplyTo] = useState<Present | null>(null);
  const isListed = useIsListed();
  const asked = useRef<Element | null>(null);

  function begin(to: Present): void {
    asked.current = document.activeElement;
    setReplyTo(to);
  }

  function end(): void {
    setReplyTo(null);
    if (asked.current instanceof HTMLElement) asked.current.focus();
  }

  if (isPresent(comment) ? !isListed(comment.author) : comment.replies === 0) return null;
  // Nobody can answer below a comment that is gone.
  const reply = post.can_comment && isPresent(comment) ? { onReply: begin } : {};
  return (
    <CommentItem comment={comment} {...reply}>
      <Replies {...{ post, comment, replyTo, ...reply }} onDone={end} />
    </CommentItem>
  );
}

/** The comment that a notice or a link leads to: before all others, and not once more among them. */
function LinkedComment({ post, id }: { post: PostBody; id: string }) {
  const found = useResource(`comment ${id}`, async () => {
    const ask = () => call("get", "/comments/{comment_id}", { path: { comment_id: id } });
    const { items } = await readComments(async () => ({ items: [await ask()] }));
    return items[0]!;
  });
  if (found.isMissing)
    return <p class="comments-note">{t("That comment is not there any more.")}</p>;
  if (found.error) return <Retry message={found.error} onRetry={found.retry} />;
  if (found.value === null) return null;
  return (
    <ul class="comment-list comment-linked" aria-label={t("The comment that you came for")}>
      <Conversation post={post} comment={found.value} />
    </ul>
  );
}
