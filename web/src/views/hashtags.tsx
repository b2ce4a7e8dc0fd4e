import { Empty } from "../components/empty.tsx";
import { Retry } from "../components/endless.tsx";
import { FollowTag } from "../components/follow-tag.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { Page } from "../components/page.tsx";
import { UsersSkeleton } from "../components/user-row.tsx";
import { loadFollowedTags } from "../hashtags.ts";
import { t } from "../language.ts";
import { useResource } from "../resource.ts";

/** The hashtags that one follows. One that is taken back here stays to be seen until one comes again. */
export function HashtagsView() {
  const loaded = useResource("hashtags", loadFollowedTags);
  return (
    <Page title={t("Followed hashtags")} class="page-narrow">
      {loaded.error && <Retry message={loaded.error} onRetry={loaded.retry} />}
      {!loaded.error && loaded.value === null && <UsersSkeleton />}
      {loaded.value?.length === 0 && (
        <Empty title={t("You follow no hashtag")} drawing="tag" next="explore">
          <p>{t("Follow one on its page, and its new posts come into your feed.")}</p>
        </Empty>
      )}
      <ul class="rows">
        {(loaded.value ?? []).map((tag) => (
          <li key={tag} class="person">
            <a class="user-row" href={`/tags/${encodeURIComponent(tag)}`}>
              <span class="avatar avatar-medium avatar-initial tint-0">
                <MoreIcon name="tag" />
              </span>
              <bdi class="name">#{tag}</bdi>
            </a>
            <div class="person-actions">
              <FollowTag tag={tag} />
            </div>
          </li>
        ))}
      </ul>
    </Page>
  );
}
