import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Empty } from "../components/empty.tsx";
import { Logo } from "../components/icons.tsx";
import { Page } from "../components/page.tsx";
import { here, location } from "../router.ts";
import { useStore } from "../store.ts";
import { comeBackTo } from "../wanted.ts";

/** Around what everybody may see: first what one came for, then the way to an account. */
export function PublicFrame({ children }: { children: ComponentChildren }) {
  const { key } = useStore(location);
  // Whoever signs in comes back to it.
  useEffect(() => comeBackTo(here()), [key]);
  return (
    <div class="public">
      <header class="public-head">
        <a class="public-brand" href="/sign-in">
          <Logo size={32} />
          Shutterfeed
        </a>
      </header>
      <main id="main" class="main main-public" tabIndex={-1}>
        {children}
      </main>
      <aside class="join" aria-label="Join Shutterfeed">
        <p class="join-text">Follow people, and share photos and videos of your own.</p>
        <p class="join-actions">
          <a class="button button-primary" href="/sign-up">
            Create an account
          </a>
          <a class="button" href="/sign-in">
            Sign in
          </a>
        </p>
      </aside>
    </div>
  );
}

/** Hidden, private, deleted or never there: strangers are not told which. */
export function NotForStrangers({ what }: { what: string }) {
  return (
    <Page title={`This ${what} is not public`} hideTitle>
      <Empty title={`There is no such ${what} that everybody may see`}>
        <p>It may be there for people who are signed in, or the link is not complete.</p>
      </Empty>
    </Page>
  );
}
