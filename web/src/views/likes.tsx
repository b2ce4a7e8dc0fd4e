import { call, type ListedUser, type PostBody } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";
import { GridSkeleton, PostGrid } from "../components/post-grid.tsx";
import { UserRow, UsersSkeleton } from "../components/user-row.tsx";
import { t } from "../language.ts";
import { List } from "../lists.ts";
import { readPage } from "../posts.ts";
import { readPeople } from "../relation-changes.ts";
import { useIsListed, useIsShown } from "../relations.ts";
import { ofThisVisit } from "../visits.ts";
import { OwnTabs } from "./own-tabs.tsx";

/** Everybody who likes a post. */
export function LikersView({ id }: Record<string, string>) {
  const isListed = useIsListed();
  const list = ofThisVisit("likers", () => likersOf(id!));
  return (
    <Page title={t("Likes")} class="page-narrow">
      <p class="page-sub">
        <a href={`/p/${id}`}>{t("Go to the post")}</a>
      </p>
      <Endless
        list={list}
        isShown={isListed}
        render={(users) => (
          <ul class="rows">
            {users.map((user) => (
              <UserRow key={user.id} user={user} />
            ))}
          </ul>
        )}
        skeleton={<UsersSkeleton />}
        empty={<Empty title={t("Nobody likes it yet")} drawing="heart" />}
      />
    </Page>
  );
}

function likersOf(id: string): List<ListedUser> {
  return new List(
    (cursor) => {
      const query = cursor === undefined ? {} : { cursor };
      return readPeople(() => call("get", "/posts/{id}/likes", { path: { id }, query }));
    },
    (user) => user.id,
  );
}

/** The posts that one likes, for oneself alone. */
export function LikedView() {
  const isShown = useIsShown();
  const list = ofThisVisit("liked", likedPosts);
  return (
    <Page title={t("Liked posts")} class="page-wide">
      <OwnTabs />
      <Endless
        list={list}
        isShown={isShown}
        render={(posts) => <PostGrid posts={posts} />}
        skeleton={<GridSkeleton />}
        empty={
          <Empty title={t("You like nothing yet")} drawing="heart" next="explore">
            <p>{t("The posts that you like appear here. Only you see this page.")}</p>
          </Empty>
        }
      />
    </Page>
  );
}

function likedPosts(): List<PostBody> {
  return new List(
    (cursor) => {
      const query = { limit: 30, ...(cursor !== undefined && { cursor }) };
      return readPage(() => call("get", "/me/likes", { query }));
    },
    (post) => post.id,
  );
}
