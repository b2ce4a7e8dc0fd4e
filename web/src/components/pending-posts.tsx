import { useState } from "preact/hooks";
import type { PostBody } from "../api.ts";
import { deletePost } from "../deletion.ts";
import { ofPost } from "../link-sources.ts";
import { useLinks } from "../links.ts";
import { localFiles } from "../local-files.ts";
import { forget, pending, previews } from "../pending.ts";
import { type Stage, stageOf } from "../stages.ts";
import { useStore } from "../store.ts";
import { useSender } from "../tabs.ts";
import { Mend } from "./mend.tsx";
import { MoreIcon } from "./more-icons.tsx";

/** One's own posts on their way, and those that failed with what can be done. */
export function PendingPosts() {
  const posts = useStore(pending);
  if (posts.length === 0) return null;
  return (
    <section class="pending" aria-label="Your posts in progress">
      {posts.map((post) => (
        <PendingPost key={post.id} post={post} />
      ))}
    </section>
  );
}

function PendingPost({ post }: { post: PostBody }) {
  const [first] = post.media;
  const files = useStore(localFiles);
  const preview =
    first && (previews.get(first.id) ?? first.renditions.at(-1)?.url ?? files[first.id]?.thumb);
  const links = useLinks(preview ?? undefined, ofPost(post.id));
  const url = preview && links.fresh(preview);
  const [unshowable, setUnshowable] = useState<string | null>(null); // a HEIC, in most browsers
  const stage = stageOf(post, useSender(post.id), (id) => files[id], Date.now());
  const name = (first && files[first.id]?.name) || "It appears here once it is ready.";
  const hasFailed = stage === "failed";
  const isInterrupted = stage === "interrupted";
  return (
    <article
      class={hasFailed ? "pending-post pending-failed" : "pending-post"}
      data-state={post.state}
    >
      {url && url !== unshowable ? (
        <img
          class="pending-thumb"
          src={url}
          alt=""
          onError={() => {
            setUnshowable(url);
            links.failed();
          }}
        />
      ) : (
        <span class="pending-thumb">
          <MoreIcon name="image" />
        </span>
      )}
      <div class="pending-text">
        <p class="pending-title">{TITLES[stage]}</p>
        {hasFailed && <Mend post={post} />}
        {!WITHOUT_PROGRESS.has(stage) && <Progress post={post} />}
        {!hasFailed && <p class="pending-note">{post.caption || name}</p>}
      </div>
      {(hasFailed || isInterrupted) && (
        <div class="pending-actions">
          {isInterrupted && (
            <a class="button button-small button-primary" href="/uploads">
              Choose the file again
            </a>
          )}
          <button
            type="button"
            class="button button-small"
            onClick={() => void deletePost(post).then((done) => done && forget(post.id))}
          >
            Delete
          </button>
        </div>
      )}
    </article>
  );
}

const TITLES: Record<Stage, string> = {
  failed: "Your post could not be published",
  interrupted: "The upload was interrupted",
  awaited: "Waiting for its files",
  elsewhere: "Being sent in another tab",
  sending: "Uploading your post",
  received: "Received, being prepared",
  processing: "Processing your post",
};

/** The stages in which nothing is under way, or this browser does not know how far it is. */
const WITHOUT_PROGRESS: ReadonlySet<Stage> = new Set([
  "failed",
  "interrupted",
  "awaited",
  "elsewhere",
]);

function Progress({ post }: { post: PostBody }) {
  const done = post.media.reduce((sum, medium) => sum + share(medium), 0) / post.media.length;
  const percent = Math.round(done * 100);
  return (
    <progress class="progress" max={100} value={percent} aria-label="Processing of your post" />
  );
}

/** The share of a file's way that is done: a little of it is arriving, the rest is processing. */
function share(medium: PostBody["media"][number]): number {
  if (medium.state === "ready") return 1;
  if (medium.state !== "processing") return 0;
  return 0.1 + (medium.progress ?? 0) / 115;
}
