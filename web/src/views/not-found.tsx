import { Empty } from "../components/empty.tsx";
import { Page } from "../components/page.tsx";
import { t } from "../language.ts";

/** The page for an address that leads to no view. */
export function NotFoundView() {
  return (
    <Page title={t("Page not found")} hideTitle>
      <Empty title={t("There is no such page")} drawing="explore" next="home">
        <p>{t("The address may be wrong, or the page was removed.")}</p>
      </Empty>
    </Page>
  );
}
