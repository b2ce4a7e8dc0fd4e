import { useEffect } from "preact/hooks";
import { call, type PostBody, type UserAsSeen } from "../api.ts";
import { Avatar } from "../components/avatar.tsx";
import { Empty, Endless, Retry } from "../components/endless.tsx";
import { FollowButton } from "../components/follow-button.tsx";
import { Icon } from "../components/icons.tsx";
import { Linked } from "../components/linked.tsx";
import { Page } from "../components/page.tsx";
import { PendingPosts } from "../components/pending-posts.tsx";
import { GridSkeleton, PostGrid } from "../components/post-grid.tsx";
import { openCompose } from "../compose.ts";
import { List } from "../lists.ts";
import { loadMe, me } from "../me.ts";
import { published } from "../pending.ts";
import { remember, restored, takeBack } from "../posts.ts";
import { learnFrom } from "../relations.ts";
import { useResource } from "../resource.ts";
import { navigate } from "../router.ts";
import { useStore } from "../store.ts";
import { count } from "../text.ts";
import { ofThisVisit } from "../visits.ts";

/** One's own profile, before one's handle is known. */
export function MeView() {
  const { error, value, retry } = useResource("me", loadMe);
  useEffect(() => {
    if (value) navigate(`/u/${value.handle}`, { replace: true });
  }, [value]);
  return (
    <Page title="Profile" hideTitle>
      {error ? <Retry message={error} onRetry={retry} /> : <GridSkeleton />}
    </Page>
  );
}

export function ProfileView({ handle }: Record<string, string>) {
  const name = handle!;
  const load = () => call("get", "/users/{handle}", { path: { handle: name } }).then(learnFrom);
  const profile = useResource("profile", load);
  const posts = ofThisVisit("posts", () => postsOf(name));
  const own = useStore(me);
  const count = useStore(published);
  const isOwn = own?.handle === name;

  // One's own new post belongs on top.
  useEffect(() => {
    if (!isOwn || count === 0) return;
    posts.renew(() => page(name)).catch(() => undefined);
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
        <Empty title={`Nobody is called @${name}`}>
          <p>They may have changed their handle. Try to find them with the search.</p>
          <p>
            <a class="button button-primary" href={`/search?q=${encodeURIComponent(name)}`}>
              Search
            </a>
          </p>
        </Empty>
      </Page>
    );
  }
  const seen = profile.value;
  const title = seen?.user.display_name || `@${name}`;
  return (
    <Page title={title} hideTitle class="page-wide">
      {profile.error && <Retry message={profile.error} onRetry={profile.retry} />}
      {seen && <Head seen={seen} isOwn={isOwn} onChange={profile.set} />}
      {!seen && !profile.error && <HeadSkeleton />}
      {isOwn && <PendingPosts />}
      {/* What keeps the profile away keeps the posts away, too: it is said once. */}
      {!profile.error && (
        <Endless
          list={posts}
          render={(items) => <PostGrid posts={items} />}
          skeleton={<GridSkeleton />}
          empty={
            <Empty title="No posts yet">
              {isOwn && (
                <p>
                  <button type="button" class="button button-primary" onClick={openCompose}>
                    Post a photo
                  </button>
                </p>
              )}
            </Empty>
          }
        />
      )}
    </Page>
  );
}

function Head({
  seen,
  isOwn,
  onChange,
}: {
  seen: UserAsSeen;
  isOwn: boolean;
  onChange: (seen: UserAsSeen) => void;
}) {
  const { user } = seen;
  return (
    <header class="profile">
      <Avatar user={user} size="large" />
      <div class="profile-text">
        <p class="profile-name">
          <bdi>{user.display_name || `@${user.handle}`}</bdi>
        </p>
        <p class="handle">@{user.handle}</p>
        <ul class="counts">
          <li>
            <b>{count(user.counts.posts)}</b> {user.counts.posts === 1 ? "post" : "posts"}
          </li>
          <li>
            <a href={`/u/${user.handle}/followers`}>
              <b>{count(user.counts.followers)}</b>{" "}
              {user.counts.followers === 1 ? "follower" : "followers"}
            </a>
          </li>
          <li>
            <a href={`/u/${user.handle}/following`}>
              <b>{count(user.counts.following)}</b> following
            </a>
          </li>
        </ul>
        {user.bio && (
          <p class="bio" dir="auto">
            <Linked text={user.bio} />
          </p>
        )}
      </div>
      <div class="profile-actions">
        {isOwn ? (
          <a class="button" href="/settings">
            <Icon name="settings" /> Edit profile
          </a>
        ) : (
          <FollowButton user={user} follows={seen.followed_by_me} onChange={onChange} />
        )}
      </div>
    </header>
  );
}

function HeadSkeleton() {
  return (
    <div class="profile" role="status" aria-label="Loading profile">
      <span class="avatar avatar-large skeleton" />
      <span class="skeleton skeleton-line" />
    </div>
  );
}

function postsOf(handle: string): List<PostBody> {
  return new List(
    (cursor) => page(handle, cursor),
    (post) => post.id,
  );
}

async function page(handle: string, cursor?: string) {
  const query = { limit: 30, ...(cursor !== undefined && { cursor }) };
  const found = await call("get", "/users/{handle}/posts", { path: { handle }, query });
  found.items.forEach(remember);
  return found;
}
