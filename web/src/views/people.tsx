import { call } from "../api.ts";
import { Empty, Endless } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";
import { UserRow, UsersSkeleton } from "../components/user-row.tsx";
import { List } from "../lists.ts";
import { learnOf } from "../relations.ts";
import { ofThisVisit } from "../visits.ts";

export function FollowersView({ handle }: Record<string, string>) {
  return (
    <People handle={handle!} side="followers" title="Followers" empty="Nobody follows them yet" />
  );
}

export function FollowingView({ handle }: Record<string, string>) {
  return (
    <People handle={handle!} side="following" title="Following" empty="They follow nobody yet" />
  );
}

function People({
  handle,
  side,
  title,
  empty,
}: {
  handle: string;
  side: "followers" | "following";
  title: string;
  empty: string;
}) {
  const list = ofThisVisit(
    side,
    () =>
      new List(
        async (cursor) => {
          const query = cursor === undefined ? {} : { cursor };
          const page = await call("get", `/users/{handle}/${side}`, { path: { handle }, query });
          learnOf(page.items);
          return page;
        },
        (user) => user.id,
      ),
  );
  return (
    <Page title={title} class="page-narrow">
      <p class="page-sub">
        <a href={`/u/${handle}`}>@{handle}</a>
      </p>
      <Endless
        list={list}
        render={(users) => (
          <ul class="rows">
            {users.map((user) => (
              <UserRow key={user.id} user={user} />
            ))}
          </ul>
        )}
        skeleton={<UsersSkeleton />}
        empty={<Empty title={empty} />}
      />
    </Page>
  );
}
