import { Empty } from "../components/empty.tsx";
import { Page } from "../components/page.tsx";

/** The page for an address that leads to no view. */
export function NotFoundView() {
  return (
    <Page title="Page not found" hideTitle>
      <Empty title="There is no such page">
        <p>The address may be wrong, or the page was removed.</p>
        <p>
          <a class="button button-primary" href="/">
            Go home
          </a>
        </p>
      </Empty>
    </Page>
  );
}
