import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { accessToken, hasAccess, isModerator } from "../auth.ts";
import { Empty } from "../components/empty.tsx";
import { Page } from "../components/page.tsx";
import { t } from "../language.ts";
import { location } from "../router.ts";
import { useStore } from "../store.ts";
import { type Shortcut, Shortcuts } from "./shortcuts.tsx";

interface Props {
  title: string;
  /** What the page can do by a key. */
  keys?: readonly Shortcut[];
  children: ComponentChildren;
}

const PAGES = [
  ["/moderation", t("Reports")],
  ["/moderation/appeals", t("Appeals")],
  ["/moderation/statistics", t("Statistics")],
  ["/moderation/log", t("Log")],
] as const;

/** A page for moderators, with the way to the others. */
export function Frame({ title, keys = [], children }: Props) {
  const { path } = useStore(location);
  const mayEnter = useStore(isModerator);
  const isKnown = useIsKnown();
  return (
    <Page title={title} class="page-wide moderation">
      {mayEnter && (
        <>
          <div class="moderation-head">
            <nav class="tabs" aria-label={t("Moderation")}>
              {PAGES.map(([href, label]) => (
                <a
                  key={href}
                  class="tab"
                  href={href}
                  {...(path === href && { "aria-current": "page" as const })}
                >
                  {label}
                </a>
              ))}
            </nav>
            <Shortcuts keys={keys} />
          </div>
          {children}
        </>
      )}
      {!mayEnter && isKnown && (
        <Empty title={t("This page is for moderators")}>
          <p>{t("If you have become one just now, sign out and in again.")}</p>
        </Empty>
      )}
    </Page>
  );
}

/** Whether there is a token, which says who is a moderator. */
function useIsKnown(): boolean {
  const [isKnown, setKnown] = useState(hasAccess());
  useEffect(() => {
    const known = () => setKnown(true);
    if (!isKnown) accessToken().then(known, known);
  }, []);
  return isKnown;
}
