import { read } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless, Retry } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";
import { GridSkeleton, PostGrid } from "../components/post-grid.tsx";
import { t } from "../language.ts";
import { List } from "../lists.ts";
import { readPage } from "../posts.ts";
import { useResource } from "../resource.ts";
import { ofThisVisit } from "../visits.ts";
import { HeadSkeleton, PublicHead } from "./profile-head.tsx";
import { NotForStrangers } from "./public.tsx";
import { useFeedLink } from "./share-profile.tsx";

/** A profile as whoever is not signed in sees it. */
export function PublicProfileView({ handle }: Record<string, string>) {
  const path = { handle: handle! };
  const profile = useResource("profile", () => read("/public/users/{handle}", { path }));
  const posts = ofThisVisit(
    "posts",
    () =>
      new List(
        (cursor) => {
          const query = { limit: 30, ...(cursor !== undefined && { cursor }) };
          return readPage(() => read("/public/users/{handle}/posts", { path, query }));
        },
        (post) => post.id,
      ),
  );
  useFeedLink(profile.value);
  if (profile.isMissing) return <NotForStrangers what="profile" />;
  const title = profile.value?.display_name || `@${handle}`;
  return (
    <Page title={title} hideTitle class="page-wide">
      {profile.error && <Retry message={profile.error} onRetry={profile.retry} />}
      {profile.value && <PublicHead user={profile.value} />}
      {!profile.value && !profile.error && <HeadSkeleton />}
      {profile.value && (
        <Endless
          list={posts}
          render={(items) => <PostGrid posts={items} />}
          skeleton={<GridSkeleton />}
          empty={<Empty title={t("No posts yet")} />}
        />
      )}
    </Page>
  );
}
