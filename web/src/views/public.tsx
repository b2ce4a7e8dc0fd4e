import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Empty } from "../components/empty.tsx";
import { Logo } from "../components/icons.tsx";
import { Page } from "../components/page.tsx";
import { t } from "../language.ts";
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
        <a class="public-explore" href="/explore">
          {t("Explore")}
        </a>
      </header>
      <main id="main" class="main main-public" tabIndex={-1}>
        {children}
      </main>
      <aside class="join" aria-label={t("Join Shutterfeed")}>
        <p class="join-text">{t("Follow people, and share photos and videos of your own.")}</p>
        <p class="join-actions">
          <a class="button button-primary" href="/sign-up">
            {t("Create an account")}
          </a>
          <a class="button" href="/sign-in">
            {t("Sign in")}
          </a>
        </p>
      </aside>
    </div>
  );
}

const NOT_PUBLIC = {
  post: [t("This post is not public"), t("There is no such post that everybody may see")],
  profile: [t("This profile is not public"), t("There is no such profile that everybody may see")],
} as const;

/** Hidden, private, deleted or never there: strangers are not told which. */
export function NotForStrangers({ what }: { what: keyof typeof NOT_PUBLIC }) {
  const [title, said] = NOT_PUBLIC[what];
  return (
    <Page title={title} hideTitle>
      <Empty title={said} drawing="lock" next="explore">
        <p>{t("It may be there for people who are signed in, or the link is not complete.")}</p>
      </Empty>
    </Page>
  );
}
