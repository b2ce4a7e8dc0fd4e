import { useState } from "preact/hooks";
import { call, type ListedUser } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";
import { ConfirmRemoval } from "../components/person-dialogs.tsx";
import { Outcome, UserRow, UsersSkeleton } from "../components/user-row.tsx";
import { t } from "../language.ts";
import { List } from "../lists.ts";
import { me } from "../me.ts";
import { readPeople } from "../relation-changes.ts";
import { useIsListed, useRelation } from "../relations.ts";
import { useStore } from "../store.ts";
import { ofThisVisit } from "../visits.ts";

export function FollowersView({ handle }: Record<string, string>) {
  return (
    <People
      handle={handle!}
      side="followers"
      title={t("Followers")}
      empty={t("No followers yet")}
    />
  );
}

export function FollowingView({ handle }: Record<string, string>) {
  const isOwn = useStore(me)?.handle === handle;
  return (
    <People
      handle={handle!}
      side="following"
      title={isOwn ? t("People you follow") : t("People they follow")}
      empty={isOwn ? t("You follow nobody yet") : t("They follow nobody yet")}
    />
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
        (cursor) => {
          const query = cursor === undefined ? {} : { cursor };
          return readPeople(() =>
            call("get", `/users/{handle}/${side}`, { path: { handle }, query }),
          );
        },
        (user) => user.id,
      ),
  );
  const isListed = useIsListed();
  const isOwn = useStore(me)?.handle === handle && side === "followers";
  return (
    <Page title={title} class="page-narrow">
      <p class="page-sub">
        <a href={`/u/${handle}`}>
          <bdi>@{handle}</bdi>
        </a>
      </p>
      <Endless
        list={list}
        isShown={isListed}
        render={(users) => (
          <ul class="rows">
            {users.map((user) =>
              isOwn ? (
                <OwnFollower key={user.id} user={user} />
              ) : (
                <UserRow key={user.id} user={user} />
              ),
            )}
          </ul>
        )}
        skeleton={<UsersSkeleton />}
        empty={<Empty title={empty} drawing="person" next="explore" />}
      />
    </Page>
  );
}

/** One of one's own followers, who can be removed; after that, they may still be followed. */
function OwnFollower({ user }: { user: ListedUser }) {
  const [isAsking, setAsking] = useState(false);
  const { follows_me } = useRelation(user.id, user);
  return (
    <UserRow user={user}>
      {follows_me || isAsking ? (
        <button
          type="button"
          class="button button-small"
          aria-label={t("Remove @{handle}", { handle: user.handle })}
          aria-haspopup="dialog"
          onClick={() => setAsking(true)}
        >
          {t("Remove")}
        </button>
      ) : (
        <Outcome>{t("Removed")}</Outcome>
      )}
      {isAsking && <ConfirmRemoval person={user} onClose={() => setAsking(false)} />}
    </UserRow>
  );
}
