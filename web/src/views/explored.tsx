import { call, read } from "../api.ts";
import { signedIn } from "../auth.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { GridSkeleton, PostGrid } from "../components/post-grid.tsx";
import { t } from "../language.ts";
import { List } from "../lists.ts";
import { readPage } from "../posts.ts";
import { forgetSearches, recentSearches } from "../recent-searches.ts";
import { useIsShown } from "../relations.ts";
import { useStore } from "../store.ts";
import { ofThisVisit } from "../visits.ts";
import { searchAddress } from "./search-tabs.ts";
import { Suggested } from "./suggested.tsx";

/** Recent, well-liked posts; below them, for whoever is signed in, people whom one may like to follow. */
export function Explored() {
  const isSignedIn = useStore(signedIn);
  const people = isSignedIn && <Suggested />;
  const isShown = useIsShown();
  const list = ofThisVisit(
    "explored",
    () =>
      new List(
        (cursor) => {
          const query = { limit: 30, ...(cursor !== undefined && { cursor }) };
          return readPage(() =>
            signedIn.value
              ? call("get", "/explore", { query })
              : read("/public/explore", { query }),
          );
        },
        (post) => post.id,
      ),
  );
  return (
    <Endless
      list={list}
      isShown={isShown}
      render={(posts) => <PostGrid posts={posts} plays />}
      skeleton={<GridSkeleton />}
      empty={
        <>
          <Empty
            title={t("Nothing to explore yet")}
            drawing="explore"
            {...(isSignedIn && { next: "post" as const })}
          >
            <p>{t("What people post and like appears here. Post the first picture yourself!")}</p>
          </Empty>
          {people}
        </>
      }
      end={people}
    />
  );
}

/** What one has searched for last; nothing if there is nothing. */
export function RecentSearches() {
  const searches = useStore(recentSearches);
  if (searches.length === 0) return null;
  return (
    <section class="recent-searches" aria-labelledby="recent-searches">
      <h2 id="recent-searches" class="visually-hidden">
        {t("Recent searches")}
      </h2>
      <ul>
        {searches.map((text) => (
          <li key={text}>
            <a class="chip" href={searchAddress(text, "all")}>
              <bdi>{text}</bdi>
            </a>
          </li>
        ))}
      </ul>
      <button type="button" class="button button-small" onClick={forgetSearches}>
        {t("Clear")}
      </button>
    </section>
  );
}
