import { Empty } from "../components/empty.tsx";
import { openCompose } from "../compose.ts";
import { t } from "../language.ts";
import { Suggested } from "./suggested.tsx";

/** In place of a feed: one follows nobody yet, or nobody who has posted. */
export function EmptyFeed() {
  return (
    <>
      <Empty title={t("Your feed is empty")} drawing="person">
        <p>{t("Follow people to see their posts here. Your own posts appear here too.")}</p>
        <p class="empty-actions">
          <a class="button button-primary" href="/explore">
            {t("Find people")}
          </a>
          <button type="button" class="button" onClick={openCompose}>
            {t("Post a photo")}
          </button>
        </p>
      </Empty>
      <Suggested />
    </>
  );
}
