import { useState } from "preact/hooks";
import { call, type PostBody } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { FileImage } from "../components/file-image.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { Page } from "../components/page.tsx";
import { t } from "../language.ts";
import { ofPost } from "../link-sources.ts";
import { List } from "../lists.ts";
import { readPage, usePost } from "../posts.ts";
import { fullDate } from "../text.ts";
import { ofThisVisit } from "../visits.ts";
import { cancel, publishNow } from "./acts.ts";
import { MoveDialog } from "./move-dialog.tsx";

/** The posts that wait for their time, the earliest first. */
export function ScheduledView() {
  const list = ofThisVisit(
    "scheduled",
    () =>
      new List(
        (cursor) =>
          readPage(() =>
            call("get", "/me/scheduled", { query: cursor === undefined ? {} : { cursor } }),
          ),
        (post) => post.id,
      ),
  );
  return (
    <Page title={t("Scheduled posts")} class="page-narrow">
      <p class="page-sub">{t("Nobody else sees them before their time.")}</p>
      <Endless
        list={list}
        render={(items) => (
          <ul class="rows">
            {items.map((post) => (
              <Row key={post.id} post={post} />
            ))}
          </ul>
        )}
        skeleton={
          <p class="page-sub" role="status">
            {t("Loading…")}
          </p>
        }
        empty={
          <Empty title={t("Nothing is scheduled")} drawing="clock" next="post">
            <p>{t("When you make a post, you can choose a time at which it is published.")}</p>
          </Empty>
        }
      />
    </Page>
  );
}

function Row({ post: given }: { post: PostBody }) {
  const post = usePost(given);
  const [isBusy, setBusy] = useState(false);
  const [isMoving, setMoving] = useState(false);
  const caption = post.caption || t("Without a caption");
  const thumb = post.media[0]?.renditions.at(-1)?.url;
  const isWaiting = post.publish_at !== null && !["deleted", "published"].includes(post.state);

  async function act(done: () => Promise<unknown>): Promise<void> {
    setBusy(true);
    await done();
    setBusy(false);
  }

  return (
    <li class="row">
      {thumb ? (
        <FileImage class="row-thumb" url={thumb} source={ofPost(post.id)} alt="" />
      ) : (
        <span class="row-thumb">
          <MoreIcon name="image" />
        </span>
      )}
      <div class="row-text">
        <p class="row-title" dir="auto">
          {caption}
        </p>
        <p class="row-note" role="status">
          {noteOf(post)}
        </p>
      </div>
      <div class="row-actions">
        {isWaiting && (
          <>
            <button
              type="button"
              class="button button-small"
              disabled={isBusy}
              aria-label={t("Change time: “{caption}”", { caption })}
              onClick={() => setMoving(true)}
            >
              {t("Change time")}
            </button>
            <button
              type="button"
              class="button button-small"
              disabled={isBusy}
              aria-label={t("Publish now: “{caption}”", { caption })}
              onClick={() => void act(() => publishNow(post))}
            >
              {t("Publish now")}
            </button>
            <button
              type="button"
              class="button button-small"
              disabled={isBusy}
              aria-label={t("Cancel: “{caption}”", { caption })}
              onClick={() => void act(() => cancel(post))}
            >
              {t("Cancel")}
            </button>
          </>
        )}
        {post.state !== "deleted" && (
          <a class="button button-small" href={`/p/${post.id}`}>
            {t("View")}
          </a>
        )}
      </div>
      {isMoving && <MoveDialog post={post} onClose={() => setMoving(false)} />}
    </li>
  );
}

/** When it is published, and what stands in the way of that. */
function noteOf(post: PostBody): string {
  if (post.state === "deleted") return t("Cancelled");
  if (post.state === "published") return t("Published");
  if (post.state === "failed") return t("One of its files could not be used. View it to mend it.");
  if (post.publish_at === null) return t("Being published…");
  const moment = fullDate(post.publish_at);
  if (post.state === "scheduled") return moment;
  return t("{moment}, once its files have arrived", { moment });
}
