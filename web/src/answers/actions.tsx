import { type RefObject, render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PostBody } from "../api.ts";
import { MoreIcon } from "../components/more-icons.tsx";
import { share } from "../components/share.ts";
import { isMeantOtherwise } from "../keys.ts";
import { counted, t } from "../language.ts";
import { DOUBLE_TAP } from "../looking.ts";
import { usePost } from "../posts.ts";
import { navigate } from "../router.ts";
import { count } from "../text.ts";
import { LikedBy } from "./liked-by.tsx";
import { likePost, savePost, useLike, useSave } from "./likes.ts";

interface Props {
  post: PostBody;
  /** Leads to where one writes a comment; if left out, that is on the post's page. */
  onComment?: () => void;
}

/**
 * What one can do with a post, below its pictures. Its article, or the whole page of one post, has the
 * keys L, C and S as well, and a double tap on a picture likes the post.
 */
export function Actions({ post: given, onComment }: Props) {
  const post = usePost(given);
  const root = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState("");
  const like = useLike(post);
  const isSaved = useSave(post);
  const address = `/p/${post.id}?write`;

  function setLike(isLiked: boolean): void {
    setSaid(isLiked ? t("Liked") : t("Like taken back"));
    void likePost(post, isLiked);
  }

  function setSave(wanted: boolean): void {
    setSaid(wanted ? t("Saved") : t("Not saved any more"));
    void savePost(post, wanted);
  }

  useArticle(root, onComment !== undefined, {
    like: () => setLike(!like.isOn),
    comment: onComment ?? (() => navigate(address)),
    save: () => setSave(!isSaved),
    doubleTap: () => {
      if (!like.isOn) setLike(true);
    },
  });

  const comments = post.counts.comments;
  const commentLabel =
    comments > 0
      ? counted(comments, "Comment, {count} comment", "Comment, {count} comments")
      : t("Comment");
  const commentInside = (
    <>
      <MoreIcon name="comment" />
      {comments > 0 && <span aria-hidden="true">{count(comments)}</span>}
    </>
  );
  return (
    <>
      <div class="actions-row" ref={root}>
        <button
          type="button"
          class={like.isOn ? "action action-like action-on" : "action action-like"}
          aria-label={t("Like")}
          aria-pressed={like.isOn}
          aria-keyshortcuts="L"
          onClick={() => setLike(!like.isOn)}
        >
          <MoreIcon name="heart" />
        </button>
        {onComment ? (
          <button
            type="button"
            class="action"
            aria-label={commentLabel}
            aria-keyshortcuts="C"
            onClick={onComment}
          >
            {commentInside}
          </button>
        ) : (
          <a class="action" href={address} aria-label={commentLabel} aria-keyshortcuts="C">
            {commentInside}
          </a>
        )}
        <button
          type="button"
          class="action"
          aria-label={t("Share")}
          onClick={() => void share(post)}
        >
          <MoreIcon name="share" />
        </button>
        <button
          type="button"
          class={isSaved ? "action action-save action-on" : "action action-save"}
          aria-label={t("Save")}
          aria-pressed={isSaved}
          aria-keyshortcuts="S"
          onClick={() => setSave(!isSaved)}
        >
          <MoreIcon name="save" />
        </button>
        <span class="visually-hidden" role="status">
          {said}
        </span>
      </div>
      {like.count > 0 && <LikedBy postId={post.id} like={like} />}
    </>
  );
}

interface Handlers {
  like: () => void;
  comment: () => void;
  save: () => void;
  doubleTap: () => void;
}

/**
 * Keys and double taps anywhere in the article that the row belongs to. The keys of a post that is
 * alone on its page are those of the page.
 */
function useArticle(root: RefObject<HTMLElement>, isAlone: boolean, handlers: Handlers): void {
  const current = useRef(handlers);
  current.current = handlers;

  useEffect(() => {
    const article = root.current!.closest("article")!;
    const keys: HTMLElement = isAlone ? document.documentElement : article;
    const onKeyDown = (event: KeyboardEvent) => {
      const action = KEYS[event.key.toLowerCase()];
      if (action === undefined || isMeantOtherwise(event)) return;
      event.preventDefault();
      current.current[action]();
    };
    keys.addEventListener("keydown", onKeyDown);
    const onDoubleTap = ({ target }: Event) => {
      current.current.doubleTap();
      showHeart(target as Element);
    };
    article.addEventListener(DOUBLE_TAP, onDoubleTap);
    return () => {
      keys.removeEventListener("keydown", onKeyDown);
      article.removeEventListener(DOUBLE_TAP, onDoubleTap);
    };
  }, []);
}

const KEYS: Readonly<Record<string, "like" | "comment" | "save">> = {
  l: "like",
  c: "comment",
  s: "save",
};

const HEART_MS = 800;

/** A heart on the picture for a moment, for those who see it. */
function showHeart(holder: Element): void {
  const heart = document.createElement("span");
  heart.className = "heart-burst";
  render(<MoreIcon name="heart" />, heart);
  holder.append(heart);
  setTimeout(() => heart.remove(), HEART_MS);
}
