import { call, type SuggestedUser } from "../api.ts";
import { Retry } from "../components/endless.tsx";
import { FollowButton } from "../components/follow-button.tsx";
import { PersonRow } from "../components/user-row.tsx";
import { t } from "../language.ts";
import { readPeople } from "../relation-changes.ts";
import { useIsListed, useIsShown } from "../relations.ts";
import { useResource } from "../resource.ts";

/** Why somebody is suggested; whoever follows one has a mark that says so. */
const REASONS: Record<SuggestedUser["reason"], string> = {
  acquaintance: t("Followed by people you follow"),
  popular: t("Popular these days"),
};

/** People whom one may like to follow; nothing if there are none. They stay until one comes again. */
export function Suggested() {
  const isListed = useIsListed();
  const isShown = useIsShown();
  const found = useResource("suggested", async () => {
    const { items } = await readPeople(() => call("get", "/suggestions"));
    return items;
  });
  if (found.error) return <Retry message={found.error} onRetry={found.retry} />;
  const people = (found.value ?? []).filter((user) => isListed(user) && isShown({ author: user }));
  if (people.length === 0) return null;
  return (
    <section class="suggested" aria-labelledby="suggested">
      <h2 id="suggested">{t("People you may like")}</h2>
      <ul class="rows rows-wide">
        {people.map((user) => (
          <PersonRow
            key={user.id}
            user={user}
            reason={REASONS[user.reason]}
            followsMe={user.follows_me}
          >
            {/* Private accounts are not suggested. */}
            <FollowButton user={{ ...user, private: false }} seen={user} class="button-small" />
          </PersonRow>
        ))}
      </ul>
    </section>
  );
}
