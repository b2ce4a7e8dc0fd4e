import { useEffect, useState } from "preact/hooks";
import { Actions } from "../answers/actions.tsx";
import { Comments } from "../answers/comments.tsx";
import type { PostBody } from "../api.ts";
import { signedIn } from "../auth.ts";
import { Caption } from "../components/caption.tsx";
import { Carousel, nameOf } from "../components/carousel.tsx";
import { Empty } from "../components/empty.tsx";
import { Retry } from "../components/endless.tsx";
import { Mend } from "../components/mend.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { Page } from "../components/page.tsx";
import { PlaceName, PostHead } from "../components/post-card.tsx";
import { share } from "../components/share.ts";
import { restorePost } from "../deletion.ts";
import { explained, isNotFound } from "../errors.ts";
import { follow } from "../following.ts";
import { t } from "../language.ts";
import { fetchPost, recall, usePost } from "../posts.ts";
import { useRelation } from "../relations.ts";
import { useResource } from "../resource.ts";
import { isReportedPost, toggleCover, useCover } from "../sensitive.ts";
import { useStore } from "../store.ts";
import { fullDate } from "../text.ts";
import { NotForStrangers } from "./public.tsx";

const SIZES = "(min-width: 1100px) 62vw, 100vw";

export function PostView({ id }: Record<string, string>) {
  const [isRemembered] = useState(() => recall(id!) !== undefined);
  const post = useResource("post", async () => recall(id!) ?? fetchPost(id!));
  if (post.isMissing) return <Gone />;
  return (
    <>
      {post.value ? (
        <Post key={post.value.id} post={post.value} isRemembered={isRemembered} />
      ) : (
        <Page title={t("A post")} hideTitle class="page-post">
          {post.error ? (
            <Retry message={post.error} onRetry={post.retry} />
          ) : (
            <div class="post">
              <div
                class="post-stage skeleton skeleton-stage"
                role="status"
                aria-label={t("Loading post")}
              />
            </div>
          )}
        </Page>
      )}
    </>
  );
}

function Post({ post: given, isRemembered }: { post: PostBody; isRemembered: boolean }) {
  const post = usePost(given);
  const [isGone, setGone] = useState(false);
  const { blocked_by_me } = useRelation(post.author.id);
  const isHidden = useCover(post) === "closed" && isReportedPost(post);
  const isSignedIn = useStore(signedIn);
  const canAnswer = isSignedIn && post.state === "published";

  // What was remembered is shown at once, and then what is true now.
  useEffect(() => {
    if (!isRemembered) return;
    // Without an answer, what is shown stays.
    fetchPost(given.id).catch((error: unknown) => setGone(isNotFound(error)));
  }, [given.id]);
  useEffect(() => {
    if (post.state === "pending" || post.state === "processing") follow(post);
  }, [post.state]);

  if (post.state === "deleted") return <Deleted post={post} />;
  if (isHidden) return <Reported post={post} />;
  if (isGone || blocked_by_me) return <Gone />;
  return (
    <Page title={t("Post by {name}", { name: nameOf(post) })} hideTitle class="page-post">
      <article class="post">
        <div class="post-stage">
          <Carousel post={post} sizes={SIZES} eager controls />
        </div>
        <div class="post-side">
          <PostHead post={post}>{!isSignedIn && <ShareButton post={post} />}</PostHead>
          {post.state === "failed" && (
            <div class="post-mend">
              <Mend post={post} />
            </div>
          )}
          {canAnswer && (
            <div class="actions">
              <Actions post={post} onComment={write} />
            </div>
          )}
          <Caption text={post.caption} mentions={post.mentions} whole />
          {post.published_at === null && post.publish_at && (
            <p class="post-waits">
              {t("It will be published on {moment}.", { moment: fullDate(post.publish_at) })}{" "}
              <a class="text-link" href="/scheduled">
                {t("Scheduled posts")}
              </a>
            </p>
          )}
          <dl class="facts">
            {post.published_at && (
              <>
                <dt>{t("Published")}</dt>
                <dd>{fullDate(post.published_at)}</dd>
              </>
            )}
            {post.taken_at && (
              <>
                <dt>{t("Taken")}</dt>
                <dd>{fullDate(post.taken_at)}</dd>
              </>
            )}
            {post.place && (
              <>
                <dt>{t("Place")}</dt>
                <dd>
                  <PlaceName name={post.place.name} />
                </dd>
              </>
            )}
            <Cameras post={post} />
            <Notes post={post} />
          </dl>
          {canAnswer && <Comments post={post} />}
        </div>
      </article>
    </Page>
  );
}

/** Moves the focus to where one writes a comment; to why one cannot, if that is so. */
function write(): void {
  const section = document.querySelector(".comments")!;
  const target = section.querySelector("textarea") ?? section.querySelector("h2");
  target?.focus();
}

function ShareButton({ post }: { post: PostBody }) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={t("Share")}
      onClick={() => void share(post)}
    >
      <MoreIcon name="share" />
    </button>
  );
}

function Cameras({ post }: { post: PostBody }) {
  const cameras = [...new Set(post.media.flatMap((medium) => medium.capture?.camera ?? []))];
  if (cameras.length === 0) return null;
  return (
    <>
      <dt>{t("Camera")}</dt>
      <dd>{cameras.join(", ")}</dd>
    </>
  );
}

/** What of the files could not be kept: only their owner is told. */
function Notes({ post }: { post: PostBody }) {
  const lines = post.media.flatMap(({ notes }, index) =>
    notes.map((note) => {
      const reason = explained("note", note);
      return post.media.length > 1
        ? t("File {number}: {reason}", { number: index + 1, reason })
        : reason;
    }),
  );
  if (lines.length === 0) return null;
  return (
    <>
      <dt>{t("Note")}</dt>
      <dd>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </dd>
    </>
  );
}

function Deleted({ post }: { post: PostBody }) {
  return (
    <Page title={t("Deleted post")} hideTitle>
      <Empty title={t("This post is deleted")} drawing="trash">
        <p>
          <button
            type="button"
            class="button button-primary"
            onClick={() => void restorePost(post.id)}
          >
            {t("Restore it")}
          </button>
        </p>
      </Empty>
    </Page>
  );
}

function Reported({ post }: { post: PostBody }) {
  return (
    <Page title={t("Reported post")} hideTitle>
      <Empty title={t("You have reported this post")} drawing="flag">
        <p>{t("What comes of it you find among your reports.")}</p>
        <p class="empty-actions">
          <a class="button button-primary" href="/">
            {t("Go home")}
          </a>
          <a class="button" href="/settings/reports">
            {t("Your reports")}
          </a>
          <button type="button" class="button" onClick={() => toggleCover(post)}>
            {t("Show it all the same")}
          </button>
        </p>
      </Empty>
    </Page>
  );
}

function Gone() {
  if (!signedIn.value) return <NotForStrangers what="post" />;
  return (
    <Page title={t("Post not found")} hideTitle>
      <Empty title={t("There is no such post")}>
        <p>{t("It may have been deleted or hidden, or the link is not complete.")}</p>
        <p>
          <a class="button button-primary" href="/">
            {t("Go home")}
          </a>
        </p>
      </Empty>
    </Page>
  );
}
