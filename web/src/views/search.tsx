import { call, type ListedUser, type PostBody } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless, Retry } from "../components/endless.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { Page } from "../components/page.tsx";
import { GridSkeleton, PostGrid } from "../components/post-grid.tsx";
import { UserRow, UsersSkeleton } from "../components/user-row.tsx";
import { t } from "../language.ts";
import { List } from "../lists.ts";
import { readPosts } from "../posts.ts";
import { readPeopleOf } from "../relation-changes.ts";
import { useIsListed, useIsShown } from "../relations.ts";
import { useResource } from "../resource.ts";
import { location } from "../router.ts";
import { useStore } from "../store.ts";
import { tagAddress } from "../topics.ts";
import { ofThisVisit } from "../visits.ts";
import { Explored, RecentSearches } from "./explored.tsx";
import { SearchBox } from "./search-box.tsx";
import { searchAddress, TABS, type Tab } from "./search-tabs.ts";
import { Suggested } from "./suggested.tsx";

/** How many people, and how many tags, are shown above the posts. */
const BEST = 3;

/** What everybody may look at. */
export function PublicExploreView() {
  return (
    <Page title={t("Explore")} class="page-wide">
      <Explored />
    </Page>
  );
}

/** Before one searches: what one has searched for, and pictures to look at. */
export function ExploreView() {
  return (
    <Page title={t("Explore")} hideTitle class="page-wide">
      <SearchBox asked="" tab="all" />
      <RecentSearches />
      <Explored />
    </Page>
  );
}

export function SearchView() {
  const { query, key } = useStore(location);
  const asked = query.get("q")?.trim() ?? "";
  const tab = TABS.find(([name]) => name === query.get("type"))?.[0] ?? "all";
  return (
    <Page
      title={asked ? t("Search: {text}", { text: asked }) : t("Search")}
      hideTitle
      class="page-wide"
    >
      <SearchBox asked={asked} tab={tab} />
      {asked === "" ? (
        <>
          <RecentSearches />
          <Empty title={t("Find people and pictures")} drawing="search">
            <p>
              {t(
                "Search for names, captions, places or #hashtags. Small typing errors do not matter.",
              )}
            </p>
          </Empty>
          <Suggested />
        </>
      ) : (
        <>
          <nav class="tabs" aria-label={t("Kinds of results")}>
            {TABS.map(([name, label]) => (
              <a
                key={name}
                class="tab"
                href={searchAddress(asked, name)}
                {...(name === tab && { "aria-current": "page" as const })}
              >
                {label}
              </a>
            ))}
          </nav>
          <Results key={`${key} ${asked} ${tab}`} asked={asked} tab={tab} />
        </>
      )}
    </Page>
  );
}

function Results({ asked, tab }: { asked: string; tab: Tab }) {
  const nothing = (
    <Empty
      title={t("Nothing found for “{text}”", { text: asked })}
      drawing="search"
      {...(tab === "all" && { next: "explore" as const })}
    >
      <p>
        {tab === "all"
          ? t("Try fewer words, or other ones.")
          : t("Try fewer words, or look among the other kinds above.")}
      </p>
    </Empty>
  );
  if (tab === "all") return <All asked={asked} nothing={nothing} />;
  if (tab === "hashtags") return <Tags asked={asked} nothing={nothing} />;
  if (tab === "users") return <People asked={asked} nothing={nothing} />;
  return <Posts asked={asked} nothing={nothing} />;
}

type ResultsProps = { asked: string; nothing: preact.VNode };

/** The best results of each kind, all from one call; the other tabs go on from there. */
function All({ asked, nothing }: ResultsProps) {
  const isShown = useIsShown();
  const isListed = useIsListed();
  const found = useResource(`all ${asked}`, () => search({ q: asked }));
  if (found.error) return <Retry message={found.error} onRetry={found.retry} />;
  if (found.value === null) return <GridSkeleton />;
  const { hashtags } = found.value;
  const posts = found.value.posts.filter(isShown);
  const users = found.value.users.filter(isListed);
  if (posts.length + users.length + hashtags.length === 0) return nothing;
  return (
    <>
      {users.length + hashtags.length > 0 && (
        <ul class="rows rows-wide">
          {users.slice(0, BEST).map((user) => (
            <UserRow key={user.id} user={user} />
          ))}
          {hashtags.slice(0, BEST).map((tag) => (
            <TagRow key={tag} tag={tag} />
          ))}
        </ul>
      )}
      {posts.length > 0 && <PostGrid posts={posts} />}
    </>
  );
}

interface Query {
  readonly q: string;
  readonly type?: "posts" | "users";
  readonly limit?: number;
  readonly cursor?: string;
}

/** What is found; its posts and people are remembered. */
function search(query: Query) {
  const ask = () => call("get", "/search", { query });
  return readPosts(
    () => readPeopleOf(ask, ({ users }) => users),
    ({ posts }) => posts,
  );
}

function Posts({ asked, nothing }: ResultsProps) {
  const isShown = useIsShown();
  const list = ofThisVisit(
    `posts ${asked}`,
    () =>
      new List<PostBody>(
        async (cursor) => {
          const query = {
            q: asked,
            type: "posts" as const,
            limit: 30,
            ...(cursor !== undefined && { cursor }),
          };
          const page = await search(query);
          return { items: page.posts, next_cursor: page.next_cursor };
        },
        (post) => post.id,
      ),
  );
  return (
    <Endless
      list={list}
      isShown={isShown}
      render={(posts) => <PostGrid posts={posts} />}
      skeleton={<GridSkeleton />}
      empty={nothing}
    />
  );
}

function People({ asked, nothing }: ResultsProps) {
  const isListed = useIsListed();
  const list = ofThisVisit(
    `users ${asked}`,
    () =>
      new List<ListedUser>(
        async (cursor) => {
          const query = {
            q: asked,
            type: "users" as const,
            ...(cursor !== undefined && { cursor }),
          };
          const page = await search(query);
          return { items: page.users, next_cursor: page.next_cursor };
        },
        (user) => user.id,
      ),
  );
  return (
    <Endless
      list={list}
      isShown={isListed}
      render={(users) => (
        <ul class="rows rows-wide">
          {users.map((user) => (
            <UserRow key={user.id} user={user} />
          ))}
        </ul>
      )}
      skeleton={<UsersSkeleton />}
      empty={nothing}
    />
  );
}

function Tags({ asked, nothing }: ResultsProps) {
  const found = useResource(`tags ${asked}`, () =>
    call("get", "/search", { query: { q: asked, type: "hashtags" } }),
  );
  if (found.error) return <Retry message={found.error} onRetry={found.retry} />;
  if (found.value === null) return <UsersSkeleton />;
  if (found.value.hashtags.length === 0) return nothing;
  return (
    <ul class="rows rows-wide">
      {found.value.hashtags.map((tag) => (
        <TagRow key={tag} tag={tag} />
      ))}
    </ul>
  );
}

function TagRow({ tag }: { tag: string }) {
  return (
    <li>
      <a class="user-row" href={tagAddress(tag)}>
        <span class="avatar avatar-medium avatar-initial tint-0">
          <MoreIcon name="tag" />
        </span>
        <bdi class="name">#{tag}</bdi>
      </a>
    </li>
  );
}
