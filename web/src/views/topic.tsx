/** The pages of a hashtag and of a place: how many posts, and the newest or the best of them. */
import type { ComponentChildren } from "preact";
import { call, type PostBody, read } from "../api.ts";
import { signedIn } from "../auth.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { FollowTag } from "../components/follow-tag.tsx";
import { Page } from "../components/page.tsx";
import { GridSkeleton, PostGrid } from "../components/post-grid.tsx";
import { counted, t } from "../language.ts";
import { List, type Page as PageOf } from "../lists.ts";
import { readPage } from "../posts.ts";
import { useIsShown } from "../relations.ts";
import { useResource } from "../resource.ts";
import { location } from "../router.ts";
import { useStore } from "../store.ts";
import { ofThisVisit } from "../visits.ts";

type Order = "newest" | "best";
type Ask = (query: { limit: number; cursor?: string; order?: Order }) => Promise<PageOf<PostBody>>;

export function TagView({ tag: given }: Record<string, string>) {
  const tag = given!;
  const path = { tag };
  const isSignedIn = useStore(signedIn);
  return (
    <Topic
      title={`#${tag}`}
      facts={() => call("get", "/hashtags/{tag}", { path })}
      ask={(query) =>
        isSignedIn
          ? call("get", "/hashtags/{tag}/posts", { path, query })
          : read("/public/hashtags/{tag}/posts", { path, query })
      }
      follow={isSignedIn && <FollowTag tag={tag} />}
    >
      <Empty title={t("Nothing is tagged #{tag} yet", { tag })} drawing="tag">
        <p>{t("Write #{tag} in a caption, and the post appears here.", { tag })}</p>
      </Empty>
    </Topic>
  );
}

export function PlaceView({ place: given }: Record<string, string>) {
  const path = { place: given! };
  const isSignedIn = useStore(signedIn);
  return (
    <Topic
      title={given!}
      facts={() => call("get", "/places/{place}", { path })}
      ask={(query) =>
        isSignedIn
          ? call("get", "/places/{place}/posts", { path, query })
          : read("/public/places/{place}/posts", { path, query })
      }
    >
      <Empty title={t("No posts at this place yet")} drawing="place">
        <p>{t("Name the place when you post, and the post appears here.")}</p>
      </Empty>
    </Topic>
  );
}

interface Facts {
  /** They count posts of people, too, who do not want to be shown to strangers. */
  readonly posts: number;
  readonly name?: string;
}

interface TopicProps {
  /** Until the name is known that posts give it. */
  title: string;
  facts: () => Promise<Facts>;
  ask: Ask;
  follow?: ComponentChildren;
  /** Shown if there are no posts. */
  children: ComponentChildren;
}

function Topic({ title, facts, ask, follow, children }: TopicProps) {
  const { query, path } = useStore(location);
  const order: Order = query.get("order") === "best" ? "best" : "newest";
  // Strangers are not told how many posts there are.
  const known = useResource("facts", async () => (signedIn.value ? facts() : null));
  const posts = known.value?.posts ?? 0;
  return (
    <Page title={known.value?.name ?? title} class="page-wide">
      {signedIn.value && (
        <div class="topic-head">
          <p class="page-sub" aria-live="polite">
            {known.value && counted(posts, "{count} post", "{count} posts")}
          </p>
          {follow}
        </div>
      )}
      <nav class="tabs" aria-label={t("Order")}>
        <a class="tab" href={path} {...(order === "newest" && CURRENT)}>
          {t("Newest")}
        </a>
        <a class="tab" href={`${path}?order=best`} {...(order === "best" && CURRENT)}>
          {t("Best")}
        </a>
      </nav>
      <Posts key={order} ask={(query) => ask({ ...query, order })} name={order}>
        {children}
      </Posts>
    </Page>
  );
}

const CURRENT = { "aria-current": "page" as const };

function Posts({ ask, name, children }: { ask: Ask; name?: Order; children: ComponentChildren }) {
  const isShown = useIsShown();
  const list = ofThisVisit(
    `posts ${name}`,
    () =>
      new List(
        (cursor) => readPage(() => ask({ limit: 30, ...(cursor !== undefined && { cursor }) })),
        (post) => post.id,
      ),
  );
  return (
    <Endless
      list={list}
      isShown={isShown}
      render={(posts) => <PostGrid posts={posts} />}
      skeleton={<GridSkeleton />}
      empty={children}
    />
  );
}
