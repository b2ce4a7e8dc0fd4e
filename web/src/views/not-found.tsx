import { Empty } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";

/** An address of which this app knows nothing. */
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
