import { call, type SuggestedUser } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Retry } from "../components/endless.tsx";
import { FollowButton } from "../components/follow-button.tsx";
import { PostGrid } from "../components/post-grid.tsx";
import { PersonRow, UsersSkeleton } from "../components/user-row.tsx";
import { t } from "../language.ts";
import { readPage } from "../posts.ts";
import { readPeople } from "../relation-changes.ts";
import { useIsListed } from "../relations.ts";
import { useResource } from "../resource.ts";
import { Step, StepActions } from "./step.tsx";

const MOST_PEOPLE = 8;
const PICTURES = 3;

/** The last step: people to follow, each with their latest pictures. */
export function PeopleView() {
  return (
    <Step
      number={3}
      title={t("Follow a few people")}
      lead={t("Their photos and videos come into your feed.")}
    >
      {() => (
        <>
          <People />
          <StepActions number={3} isDone />
        </>
      )}
    </Step>
  );
}

function People() {
  const isListed = useIsListed();
  const found = useResource("suggested", async () => {
    const ask = () => call("get", "/suggestions", { query: { limit: MOST_PEOPLE } });
    return (await readPeople(ask)).items;
  });
  if (found.error) return <Retry message={found.error} onRetry={found.retry} />;
  if (found.value === null) return <UsersSkeleton />;
  const people = found.value.filter(isListed);
  if (people.length === 0) {
    return (
      <Empty title={t("Nobody to show you yet")} drawing="person">
        <p>{t("You are among the first here. You find people under Explore once they come.")}</p>
      </Empty>
    );
  }
  return (
    <ul class="rows">
      {people.map((user) => (
        <Candidate key={user.id} user={user} />
      ))}
    </ul>
  );
}

function Candidate({ user }: { user: SuggestedUser }) {
  const { handle } = user;
  const posts = useResource(`pictures ${handle}`, async () => {
    const given = { path: { handle }, query: { limit: PICTURES } };
    return (await readPage(() => call("get", "/users/{handle}/posts", given))).items;
  });
  const isNone = posts.error !== null || posts.value?.length === 0;
  const pictures = !isNone && (
    <div class="candidate-pictures">{posts.value && <PostGrid posts={posts.value} />}</div>
  );
  return (
    <PersonRow user={user} followsMe={user.follows_me} below={pictures}>
      {/* Private accounts are not suggested. */}
      <FollowButton user={{ ...user, private: false }} seen={user} class="button-small" />
    </PersonRow>
  );
}
