import { useEffect, useState } from "preact/hooks";
import { Endless } from "../components/endless.tsx";
import { Icon } from "../components/icons.tsx";
import { NearbyCard } from "../components/nearby.tsx";
import { Page } from "../components/page.tsx";
import { sentence } from "../errors.ts";
import { askForNews, dropGone, feed, keptSince, lacksOwn, news, showNews } from "../feed.ts";
import { counted, t } from "../language.ts";
import { lazy, lazyPart } from "../lazy.tsx";
import { outgoing, pending, published } from "../pending.ts";
import { useIsShown } from "../relations.ts";
import { currentCover } from "../sensitive.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";

const POLL_MS = 20_000;
/** Scrolled less than this, one is at the top, and posts may be put above. */
const TOP_PX = 200;
/** What a first screen holds; the rest would compete with its pictures for the connection. */
const FIRST_POSTS = 2;
const FIRST_PICTURE_MS = 2_000;

const Suggested = lazyPart(() => import("./all.ts").then((module) => module.Suggested));
const EmptyFeed = lazy(() => import("./all.ts").then((module) => module.EmptyFeed));
const Pull = lazyPart(() => import("../viewer/all.ts").then((module) => module.Pull));
const FeedEnd = lazyPart(() => import("../viewer/all.ts").then((module) => module.FeedEnd));
const KeptNotice = lazyPart(() => import("../offline/all.ts").then((module) => module.KeptNotice));
const PendingPosts = lazyPart(() => import("./all.ts").then((module) => module.PendingPosts));

export function FeedView() {
  const list = feed();
  const isShown = useIsShown();
  const { items } = useStore(list.state);
  const isKept = useStore(keptSince) !== null;
  const isWaiting = useStore(pending).length + useStore(outgoing).length > 0;
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
      {isKept ? <KeptNotice /> : <NewPosts />}
      {isWaiting && <PendingPosts />}
      <Endless
        list={list}
        isShown={isShown}
        isHeld={!isSettled}
        render={(posts) => (
          <div
            class="feed"
            role="feed"
            aria-label={t("Posts of people you follow")}
            onLoadCapture={settle}
            onErrorCapture={settle}
          >
            {posts.slice(0, isSettled ? posts.length : FIRST_POSTS).map((post, index) => (
              <NearbyCard key={post.id} post={post} eager={index === 0} hasActions={isSettled} />
            ))}
          </div>
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

/** "3 new posts": asked for while the page is visible, shown only when one wants to see them. */
function NewPosts() {
  const found = useStore(news);
  const count = useStore(published);

  useEffect(() => {
    const ask = () => {
      if (!document.hidden && navigator.onLine) void look(window.scrollY < TOP_PX);
    };
    const comeBack = () => {
      ask();
      if (!document.hidden && navigator.onLine) void dropGone();
    };
    const goUp = () => {
      void look(true);
      void dropGone();
    };
    const timer = setInterval(ask, POLL_MS);
    document.addEventListener("visibilitychange", comeBack);
    window.addEventListener("shutterfeed:again", goUp);
    window.addEventListener("online", ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", comeBack);
      window.removeEventListener("shutterfeed:again", goUp);
      window.removeEventListener("online", ask);
    };
  }, []);

  // One's own post is out, perhaps since one was here last.
  useEffect(() => {
    if (lacksOwn()) void look(window.scrollY < TOP_PX);
  }, [count]);

  // Where there is nothing yet, there is no place to lose.
  useEffect(() => {
    if (found && feed().state.value.items.length === 0) void show();
  }, [found]);

  /** One's own new post belongs on top, at once if no place is lost by it; others' are counted. */
  function look(isAtTop: boolean): Promise<void> {
    return isAtTop && lacksOwn() ? show() : askForNews();
  }

  async function show(): Promise<void> {
    try {
      await showNews();
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  }

  return (
    <div class="news" role="status">
      {found && (
        <button
          type="button"
          class="news-pill"
          onClick={() => {
            void show().then(() => window.scrollTo({ top: 0 }));
            document.querySelector("h1")?.focus({ preventScroll: true }); // the button goes away
          }}
        >
          <Icon name="up" />
          {found.more
            ? counted(found.count, "More than {count} new post", "More than {count} new posts")
            : counted(found.count, "{count} new post", "{count} new posts")}
        </button>
      )}
    </div>
  );
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
