import { useEffect, useRef } from "preact/hooks";
import { call, type PostBody, type UserAsSeen } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless, Retry } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";
import { PendingPosts } from "../components/pending-posts.tsx";
import { GridSkeleton, PostGrid } from "../components/post-grid.tsx";
import { openCompose } from "../compose.ts";
import { t } from "../language.ts";
import { readAgain } from "../list-changes.ts";
import type { List } from "../lists.ts";
import { me } from "../me.ts";
import { loadMe } from "../own-profile.ts";
import { published } from "../pending.ts";
import { readUser } from "../relation-changes.ts";
import { useRelation } from "../relations.ts";
import { useResource } from "../resource.ts";
import { restored, takeBack } from "../restored.ts";
import { location, navigate } from "../router.ts";
import { useStore } from "../store.ts";
import { ofThisVisit } from "../visits.ts";
import { Months, OwnTabs, ProfileTabs } from "./own-tabs.tsx";
import { Blocked, Head, HeadSkeleton, Locked } from "./profile-head.tsx";
import { hasVideo, postPage, postsOf, type Shown, shownBy } from "./profile-posts.ts";
import { useFeedLink } from "./share-profile.tsx";

/** With more posts than this, one can go to a month of one's own. */
const MANY = 30;

/** One's own profile, before one's handle is known. */
export function MeView() {
  const { error, value, retry } = useResource("me", loadMe);
  useEffect(() => {
    if (value) navigate(`/u/${value.handle}`, { replace: true });
  }, [value]);
  return (
    <Page title={t("Profile")} hideTitle>
      {error ? <Retry message={error} onRetry={retry} /> : <GridSkeleton />}
    </Page>
  );
}

export function ProfileView({ handle }: Record<string, string>) {
  const name = handle!;
  const load = () => readUser(() => call("get", "/users/{handle}", { path: { handle: name } }));
  const profile = useResource("profile", load);
  const shown = shownBy(useStore(location).query);
  const posts = ofThisVisit(`posts ${shown.videos} ${shown.until}`, () => postsOf(name, shown));
  const own = useStore(me);
  const count = useStore(published);
  const isOwn = own?.handle === name;
  const seen = profile.value;
  const { blocked_by_me, requested_by_me } = useRelation(seen?.user.id ?? "", seen ?? undefined);
  // The API gives this number to whoever may see the posts.
  const isLocked = seen !== null && seen.user.counts.posts === null;
  useFeedLink(seen?.user ?? null);
  const wasBlocked = useRef(blocked_by_me);

  // Once they are unblocked, nothing is as it was before: neither follows the other any more.
  useEffect(() => {
    if (wasBlocked.current && !blocked_by_me) void load().then(profile.set, () => undefined);
    wasBlocked.current = blocked_by_me;
  }, [blocked_by_me]);

  // Let in at last, or the account is private no longer: the posts were refused before.
  useEffect(() => {
    if (seen !== null && !isLocked && posts.state.value.status === "error") void posts.more();
  }, [isLocked]);

  // One's own badge: who came here may be looking for requests.
  useEffect(() => {
    if (isOwn) loadMe().catch(() => undefined); // what is known stays
  }, [isOwn]);

  // One's own new post belongs on top.
  useEffect(() => {
    if (!isOwn || count === 0) return;
    if (shown.until === null) readAgain(posts, () => postPage(name, shown)).catch(() => undefined);
    void load().then(profile.set, () => undefined);
  }, [count]);

  useEffect(
    () =>
      restored.watch(() => {
        const post = restored.value;
        if (post?.author.handle === name) takeBack(posts, post);
      }),
    [posts],
  );

  if (profile.isMissing) {
    return (
      <Page title={`@${name}`} hideTitle>
        <Empty title={t("Nobody is called @{handle}", { handle: name })} drawing="person">
          <p>
            {t(
              "They may have changed their handle: try to find them with the search. If you have blocked them, they are in your settings.",
            )}
          </p>
          <p class="empty-actions">
            <a class="button button-primary" href={`/search?q=${encodeURIComponent(name)}`}>
              {t("Search")}
            </a>
            <a class="button" href="/settings/blocked">
              {t("Blocked people")}
            </a>
          </p>
        </Empty>
      </Page>
    );
  }
  const title = seen?.user.display_name || `@${name}`;
  if (seen && blocked_by_me) {
    return (
      <Page title={title} hideTitle>
        <Blocked user={seen.user} />
      </Page>
    );
  }
  return (
    <Page title={title} hideTitle class="page-wide">
      {profile.error && <Retry message={profile.error} onRetry={profile.retry} />}
      {seen && <Head seen={seen} isOwn={isOwn} onChange={profile.set} />}
      {!seen && !profile.error && <HeadSkeleton />}
      {isOwn && <OwnTabs />}
      {!isOwn && seen && !isLocked && <ProfileTabs handle={name} />}
      {isOwn && seen && hasMany(seen) && <Months since={seen.user.created_at} />}
      {isOwn && <PendingPosts />}
      {isLocked && <Locked isRequested={requested_by_me} />}
      {/* What keeps the profile away keeps the posts away, too: it is said once. */}
      {!profile.error && !isLocked && (
        <Posts list={posts} shown={shown} isOwn={isOwn} isKnown={seen !== null} />
      )}
    </Page>
  );
}

/** Whether there is so much that one would scroll for long. */
function hasMany({ user }: UserAsSeen): boolean {
  return (user.counts.posts ?? 0) > MANY;
}

interface PostsProps {
  list: List<PostBody>;
  shown: Shown;
  isOwn: boolean;
  isKnown: boolean;
}

/** They are asked for together with the profile, and a private account's may be refused first. */
function Posts({ list, shown, isOwn, isKnown }: PostsProps) {
  const { status } = useStore(list.state);
  if (!isKnown && status === "error") return <GridSkeleton />;
  return (
    <Endless
      key={`${shown.videos} ${shown.until}`}
      list={list}
      {...(shown.videos && { isShown: hasVideo })}
      render={(items) => <PostGrid posts={items} />}
      skeleton={<GridSkeleton />}
      empty={
        <Empty title={noneOf(shown)}>
          {isOwn && shown.until === null && (
            <p>
              <button type="button" class="button button-primary" onClick={openCompose}>
                {shown.videos ? t("Post a video") : t("Post a photo")}
              </button>
            </p>
          )}
        </Empty>
      }
    />
  );
}

function noneOf({ videos, until }: Shown): string {
  if (videos) return t("No videos yet");
  return until === null ? t("No posts yet") : t("No posts up to this month");
}
