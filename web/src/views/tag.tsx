import { call, read } from "../api.ts";
import { signedIn } from "../auth.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { FollowTag } from "../components/follow-tag.tsx";
import { Page } from "../components/page.tsx";
import { GridSkeleton, PostGrid } from "../components/post-grid.tsx";
import { List } from "../lists.ts";
import { readPage } from "../posts.ts";
import { useIsShown } from "../relations.ts";
import { useStore } from "../store.ts";
import { ofThisVisit } from "../visits.ts";

export function TagView({ tag }: Record<string, string>) {
  const isShown = useIsShown();
  const isSignedIn = useStore(signedIn);
  const list = ofThisVisit(
    "tagged",
    () =>
      new List(
        (cursor) => {
          const query = { limit: 30, ...(cursor !== undefined && { cursor }) };
          const given = { path: { tag: tag! }, query };
          return readPage(() =>
            signedIn.value
              ? call("get", "/hashtags/{tag}/posts", given)
              : read("/public/hashtags/{tag}/posts", given),
          );
        },
        (post) => post.id,
      ),
  );
  return (
    <Page title={`#${tag}`} class="page-wide">
      {isSignedIn && (
        <p class="page-sub">
          <FollowTag tag={tag!} />
        </p>
      )}
      <Endless
        list={list}
        isShown={isShown}
        render={(posts) => <PostGrid posts={posts} />}
        skeleton={<GridSkeleton />}
        empty={
          <Empty title={`Nothing is tagged #${tag} yet`}>
            <p>Write #{tag} in a caption, and the post appears here.</p>
          </Empty>
        }
      />
    </Page>
  );
}
