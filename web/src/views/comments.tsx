import { approveComment, deleteComment } from "../answers/comment-actions.ts";
import { CommentItem } from "../answers/comment-item.tsx";
import { isPresent, readComments, recallComment, useComment } from "../answers/known-comments.ts";
import { type Comment, call } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { keepFocusNear } from "../components/focus.ts";
import { Page } from "../components/page.tsx";
import { UsersSkeleton } from "../components/user-row.tsx";
import { t } from "../language.ts";
import { List, type Page as ListPage } from "../lists.ts";
import { ofThisVisit } from "../visits.ts";
import { OwnTabs } from "./own-tabs.tsx";

/** What one has written below posts, newest first. */
export function OwnCommentsView() {
  const list = ofThisVisit("comments", () =>
    commentsOf((query) => call("get", "/me/comments", { query })),
  );
  return (
    <Page title={t("Your comments")} class="page-narrow">
      <OwnTabs />
      <Endless
        list={list}
        render={(comments) => (
          <ul class="comment-list comment-page">
            {comments.map((comment) => (
              <OwnComment key={comment.id} comment={comment} />
            ))}
          </ul>
        )}
        skeleton={<UsersSkeleton />}
        empty={
          <Empty title={t("You have written no comments yet")} drawing="comment" next="explore" />
        }
      />
    </Page>
  );
}

function OwnComment({ comment: given }: { comment: Comment }) {
  const comment = useComment(given);
  if (!isPresent(comment)) return null;
  return <CommentItem comment={comment} />;
}

/** Comments on one's posts that one's own words have held back. */
export function HeldCommentsView() {
  const list = ofThisVisit("held", () =>
    commentsOf((query) => call("get", "/me/held-comments", { query })),
  );
  return (
    <Page title={t("Held comments")} class="page-narrow">
      <p class="page-sub">{t("Only you and their authors see these until you approve them.")}</p>
      <Endless
        list={list}
        render={(comments) => (
          <ul class="comment-list comment-page">
            {comments.map((comment) => (
              <HeldComment key={comment.id} comment={comment} />
            ))}
          </ul>
        )}
        skeleton={<UsersSkeleton />}
        empty={<Empty title={t("No comment waits for you")} drawing="comment" next="settings" />}
      />
    </Page>
  );
}

function HeldComment({ comment: given }: { comment: Comment }) {
  const comment = useComment(given);
  if (!isPresent(comment) || !comment.held) return null;
  const name = `@${comment.author.handle}`;
  const answer =
    (action: (comment: Comment) => Promise<boolean>) =>
    ({ currentTarget }: { currentTarget: Element }) => {
      void action(comment).then(keepFocusNear(currentTarget.closest("li")!));
    };
  return (
    <CommentItem comment={comment}>
      <div class="composer-actions">
        <button
          type="button"
          class="button button-small"
          aria-label={t("Delete the comment by {name}", { name })}
          onClick={answer(deleteComment)}
        >
          {t("Delete")}
        </button>
        <button
          type="button"
          class="button button-primary button-small"
          aria-label={t("Approve the comment by {name}", { name })}
          onClick={answer(approveComment)}
        >
          {t("Approve")}
        </button>
      </div>
    </CommentItem>
  );
}

type Query = { cursor?: string };

function commentsOf(read: (query: Query) => Promise<ListPage<Comment>>): List<Comment> {
  return new List(
    (cursor) =>
      readComments(async () => {
        const page = await read(cursor === undefined ? {} : { cursor });
        return { ...page, items: page.items.map(completed) };
      }),
    (comment) => comment.id,
  );
}

/** These lists come without what only the page of a post tells of a comment. */
function completed(comment: Comment): Comment {
  const { replies, pinned, liked_by_me } = recallComment(comment);
  return { ...comment, replies, pinned, liked_by_me };
}
