import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Comment } from "../api.ts";
import { Avatar } from "../components/avatar.tsx";
import { Icon } from "../components/icons.tsx";
import { Linked } from "../components/linked.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { counted, t } from "../language.ts";
import { useIsReported } from "../reporting.ts";
import { ago, fullDate } from "../text.ts";
import { editComment } from "./comment-actions.ts";
import { CommentMenu } from "./comment-menu.tsx";
import { Composer } from "./composer.tsx";
import { isPresent, type Present, useComment } from "./known-comments.ts";
import { likeComment, useCommentLike } from "./likes.ts";

interface Props {
  comment: Comment;
  /** Begins a reply to it; left out if one may not comment. */
  onReply?: (comment: Present) => void;
  /** What belongs to it, such as its replies. */
  children?: ComponentChildren;
}

/** A comment, with what can be done about it. */
export function CommentItem({ comment: given, onReply, children }: Props) {
  const comment = useComment(given);
  const isReported = useIsReported("comment", comment.id);
  const isByReported = useIsReported("user", comment.author?.id ?? "");
  const [isEditing, setEditing] = useState(false);
  const self = useRef<HTMLLIElement>(null);

  /** The focus goes back to the button that led to it. */
  function stopEditing(): void {
    setEditing(false);
    self.current!.querySelector<HTMLElement>("[aria-haspopup]")?.focus();
  }

  // What belongs to it stays as it is, opened or not, when the comment goes.
  if (!isPresent(comment) || isReported || isByReported) {
    return (
      <li class="comment" ref={self}>
        <Gone>
          {isPresent(comment) ? t("You have reported this.") : t("This comment was deleted.")}
        </Gone>
        {children}
      </li>
    );
  }
  const { author } = comment;
  return (
    <li class="comment" ref={self}>
      <div class="comment-self">
        <Avatar user={author} />
        <div class="comment-body">
          <a class="name" href={`/u/${author.handle}`}>
            <bdi>{author.display_name || `@${author.handle}`}</bdi>
          </a>{" "}
          <Marks comment={comment} />
          {isEditing ? (
            <Composer
              name={`edit ${comment.id}`}
              label={t("Your comment")}
              action={t("Save")}
              text={comment.text ?? ""}
              isAsked
              onCancel={stopEditing}
              onSend={(text) => editComment(comment, text)}
              onDone={stopEditing}
            />
          ) : (
            <p class="comment-text" dir="auto">
              <Linked text={comment.text ?? ""} mentions={comment.mentions} />
            </p>
          )}
          <Below comment={comment} {...(onReply && { onReply })}>
            <CommentMenu comment={comment} onEdit={() => setEditing(true)} />
          </Below>
        </div>
        <LikeButton comment={comment} />
      </div>
      {children}
    </li>
  );
}

/** What is known of it beside its text. */
function Marks({ comment }: { comment: Comment }) {
  return (
    <>
      {comment.pinned && <span class="badge">{t("Pinned")}</span>}{" "}
      {comment.hidden && <span class="badge">{t("Hidden from others")}</span>}{" "}
      {comment.held && <span class="badge">{t("Waits for approval")}</span>}
    </>
  );
}

/** When it was written, and what one does with it by its words. */
function Below({ comment, onReply, children }: Props & { comment: Present }) {
  const like = useCommentLike(comment);
  const name = `@${comment.author.handle}`;
  return (
    <div class="comment-below">
      <a
        class="quiet-link"
        href={`/p/${comment.post_id}?comment=${comment.id}`}
        title={fullDate(comment.created_at)}
      >
        <time dateTime={comment.created_at}>
          {comment.edited_at
            ? t("{ago}, edited", { ago: ago(comment.created_at) })
            : ago(comment.created_at)}
        </time>
      </a>
      {like.count > 0 && <span>{counted(like.count, "{count} like", "{count} likes")}</span>}
      {onReply && (
        <button
          type="button"
          class="comment-button"
          aria-label={t("Reply to {name}", { name })}
          onClick={() => onReply(comment)}
        >
          {t("Reply")}
        </button>
      )}
      {children}
    </div>
  );
}

function LikeButton({ comment }: { comment: Present }) {
  const like = useCommentLike(comment);
  return (
    <button
      type="button"
      class={like.isOn ? "action action-like action-on" : "action action-like"}
      aria-label={t("Like the comment by @{handle}", { handle: comment.author.handle })}
      aria-pressed={like.isOn}
      onClick={() => void likeComment(comment, !like.isOn)}
    >
      <MoreIcon name="heart" />
    </button>
  );
}

/** In place of a comment that is gone: its replies stay. */
function Gone({ children }: { children: string }) {
  return (
    <div class="comment-self">
      <span class="comment-gone">
        <Icon name="hidden" />
      </span>
      <p class="comment-body comment-below">{children}</p>
    </div>
  );
}
