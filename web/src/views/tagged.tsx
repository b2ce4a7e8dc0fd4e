import { call, type PostBody } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";
import { GridSkeleton, PostGrid } from "../components/post-grid.tsx";
import { t } from "../language.ts";
import { List } from "../lists.ts";
import { me } from "../me.ts";
import { readPage, recall } from "../posts.ts";
import { useIsShown } from "../relations.ts";
import { useStore } from "../store.ts";
import { ofThisVisit } from "../visits.ts";
import { OwnTabs } from "./own-tabs.tsx";

/** The posts in which others have tagged one, for oneself alone. */
export function TaggedView() {
  const own = useStore(me);
  const isShown = useIsShown();
  const list = ofThisVisit("tagged", taggedPosts);
  return (
    <Page title={t("Posts you are tagged in")} class="page-wide">
      <OwnTabs />
      <Endless
        list={list}
        // One may have removed the tag on the post's page since.
        isShown={(post) => isShown(post) && isTagged(recall(post.id) ?? post, own?.id)}
        render={(posts) => <PostGrid posts={posts} />}
        skeleton={<GridSkeleton />}
        empty={
          <Empty title={t("Nobody has tagged you yet")} drawing="person" next="explore">
            <p>{t("The posts in which others tag you appear here. Only you see this page.")}</p>
          </Empty>
        }
      />
    </Page>
  );
}

/** Whether a person is tagged in a post; as long as it is not known who one is, whoever it is. */
function isTagged({ media }: PostBody, id: string | undefined): boolean {
  return id === undefined || media.some(({ people }) => people.some(({ user }) => user.id === id));
}

function taggedPosts(): List<PostBody> {
  return new List(
    (cursor) => {
      const query = { limit: 30, ...(cursor !== undefined && { cursor }) };
      return readPage(() => call("get", "/me/tagged", { query }));
    },
    (post) => post.id,
  );
}
