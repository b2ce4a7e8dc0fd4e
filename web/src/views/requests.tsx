import { useState } from "preact/hooks";
import { call, type ListedUser } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { FollowButton } from "../components/follow-button.tsx";
import { Page } from "../components/page.tsx";
import { Outcome, PersonRow, UsersSkeleton } from "../components/user-row.tsx";
import { t } from "../language.ts";
import { List } from "../lists.ts";
import { me } from "../me.ts";
import { readPeople } from "../relation-changes.ts";
import { useIsListed, useRelation } from "../relations.ts";
import { accept, decline } from "../requests.ts";
import { useStore } from "../store.ts";
import { ofThisVisit } from "../visits.ts";

/** Everybody who has asked to follow one and has no answer yet. */
export function RequestsView() {
  const isPrivate = useStore(me)?.private ?? true;
  const isListed = useIsListed();
  const list = ofThisVisit("requests", requests);
  return (
    <Page title={t("Follow requests")} class="page-narrow">
      <Endless
        list={list}
        isShown={isListed}
        render={(users) => (
          <ul class="rows">
            {users.map((user) => (
              <Row key={user.id} user={user} />
            ))}
          </ul>
        )}
        skeleton={<UsersSkeleton />}
        empty={
          <Empty title={t("Nobody is waiting")} drawing="person">
            <p>
              {isPrivate
                ? t("Whoever asks to follow you appears here.")
                : t("Your account is public: everybody can follow you without asking.")}
            </p>
            <p>
              <a class="button" href="/settings/privacy">
                {t("Who sees your posts")}
              </a>
            </p>
          </Empty>
        }
      />
    </Page>
  );
}

function requests(): List<ListedUser> {
  return new List(
    (cursor) => {
      const query = cursor === undefined ? {} : { cursor };
      return readPeople(() => call("get", "/me/requests", { query }));
    },
    (user) => user.id,
  );
}

/** An answer is shown at once, and stays to be seen; after a failure, one can answer again. */
function Row({ user }: { user: ListedUser }) {
  const [state, setState] = useState<"waiting" | "accepted" | "declined">("waiting");
  const { follows_me } = useRelation(user.id, user);

  async function answer(
    shown: "accepted" | "declined",
    action: (user: ListedUser) => Promise<boolean>,
  ): Promise<void> {
    setState(shown);
    if (!(await action(user))) setState("waiting");
  }

  return (
    <PersonRow user={user} bio={user.bio} followsMe={follows_me}>
      {state === "waiting" && (
        <>
          <button
            type="button"
            class="button button-primary button-small"
            aria-label={t("Accept @{handle}", { handle: user.handle })}
            onClick={() => void answer("accepted", accept)}
          >
            {t("Accept")}
          </button>
          <button
            type="button"
            class="button button-small"
            aria-label={t("Decline @{handle}", { handle: user.handle })}
            onClick={() => void answer("declined", decline)}
          >
            {t("Decline")}
          </button>
        </>
      )}
      {state === "declined" && <Outcome>{t("Declined")}</Outcome>}
      {state === "accepted" && (
        <>
          <Outcome>{t("Accepted")}</Outcome>
          <FollowButton user={user} seen={user} class="button-small" />
        </>
      )}
    </PersonRow>
  );
}
