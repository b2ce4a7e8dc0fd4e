import { useEffect, useState } from "preact/hooks";
import type { PostBody } from "../api.ts";
import { Endless } from "../components/endless.tsx";
import { NearbyCard } from "../components/nearby.tsx";
import { Page } from "../components/page.tsx";
import { compose } from "../compose.ts";
import { feed, keptSince } from "../feed.ts";
import { t } from "../language.ts";
import { lazy, lazyPart } from "../lazy.tsx";
import { outgoing, pending } from "../pending.ts";
import { useIsShown } from "../relations.ts";
import { currentCover } from "../sensitive.ts";
import { useStore } from "../store.ts";

/** What a first screen holds; the rest would compete with its pictures for the connection. */
const FIRST_POSTS = 2;
const FIRST_PICTURE_MS = 2_000;

const views = () => import("./all.ts");
const viewer = () => import("../viewer/all.ts");

const Suggested = lazyPart(views, "Suggested");
const EmptyFeed = lazy(views, "EmptyFeed");
const Pull = lazyPart(viewer, "Pull");
const NewPosts = lazyPart(viewer, "NewPosts");
const FeedEnd = lazyPart(viewer, "FeedEnd");
const KeptNotice = lazyPart(() => import("../offline/all.ts"), "KeptNotice");
const PendingPosts = lazyPart(views, "PendingPosts");

export function FeedView() {
  const list = feed();
  const isShown = useIsShown();
  const { items } = useStore(list.state);
  const isKept = useStore(keptSince) !== null;
  const [isSettled, settle] = useFirstPicture(items.length > 0);
  const first = items.slice(0, FIRST_POSTS);
  const isCovered = first.length > 0 && first.every((post) => currentCover(post) === "closed");

  // No picture comes that could be waited for.
  useEffect(() => {
    if (isCovered) settle();
  }, [isCovered]);

  return (
    <Page title={t("Home")} hideTitle class="page-feed">
      {isSettled && <Pull />}
      {isKept ? (
        <KeptNotice />
      ) : (
        <div class="news" role="status">
          {isSettled && <NewPosts />}
        </div>
      )}
      <OnTheirWay />
      <Endless
        list={list}
        isShown={isShown}
        isHeld={!isSettled}
        render={(posts) => (
          <Posts
            posts={isSettled ? posts : posts.slice(0, FIRST_POSTS)}
            isSettled={isSettled}
            onPicture={settle}
          />
        )}
        skeleton={<FeedSkeleton />}
        empty={<EmptyFeed />}
        end={
          !isKept && (
            <>
              <FeedEnd />
              <Suggested />
            </>
          )
        }
      />
    </Page>
  );
}

/**
 * One's own posts on their way. What shows them comes with the post dialog, so that a post stands here at once;
 * the posts below are not drawn anew for it.
 */
function OnTheirWay() {
  const isComposing = useStore(compose) !== null;
  const isWaiting = useStore(pending).length + useStore(outgoing).length > 0;
  return isComposing || isWaiting ? <PendingPosts /> : null;
}

interface PostsProps {
  posts: readonly PostBody[];
  isSettled: boolean;
  /** A picture has come, or cannot come. */
  onPicture: () => void;
}

function Posts({ posts, isSettled, onPicture }: PostsProps) {
  return (
    <div
      class="feed"
      role="feed"
      aria-label={t("Posts of people you follow")}
      onLoadCapture={onPicture}
      onErrorCapture={onPicture}
    >
      {posts.map((post, index) => (
        <NearbyCard key={post.id} post={post} eager={index === 0} hasActions={isSettled} />
      ))}
    </div>
  );
}

/** Whether the first picture is there, or takes so long that nothing waits for it any more. */
function useFirstPicture(hasSeen: boolean): [boolean, () => void] {
  const [isSettled, setSettled] = useState(hasSeen);
  const settle = () => setSettled(true);
  useEffect(() => {
    const timer = setTimeout(settle, FIRST_PICTURE_MS);
    return () => clearTimeout(timer);
  }, []);
  return [isSettled, settle];
}

function FeedSkeleton() {
  return (
    <div role="status" aria-label={t("Loading posts")}>
      {[0, 1].map((index) => (
        <div key={index} class="card">
          <div class="card-head">
            <span class="avatar avatar-small skeleton" />
            <span class="skeleton skeleton-line" />
          </div>
          <div class="stage skeleton skeleton-stage" />
        </div>
      ))}
    </div>
  );
}
