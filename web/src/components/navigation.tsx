import type { ComponentChildren } from "preact";
import { openCompose } from "../compose.ts";
import { counted, t } from "../language.ts";
import { me } from "../me.ts";
import { useStore } from "../store.ts";
import { count } from "../text.ts";
import { unseen } from "../unseen.ts";
import { Icon, type IconName, Logo } from "./icons.tsx";

/** The app's main pages, with how much waits there, and the button for a new post. */
export function Navigation({ path }: { path: string }) {
  const user = useStore(me);
  const profile = user ? `/u/${user.handle}` : "/me";
  const requests = user?.requests ?? 0;
  const unread = useStore(unseen);
  return (
    <nav class="nav" aria-label={t("Main")}>
      <a class="brand" href="/" aria-label="Shutterfeed">
        <Logo size={32} />
        <span class="brand-name">Shutterfeed</span>
      </a>
      <ul class="nav-items">
        <NavLink href="/" label={t("Home")} icon="home" path={path} />
        <NavLink
          href="/explore"
          label={t("Explore")}
          icon="explore"
          path={path === "/search" ? "/explore" : path}
        />
        <li>
          <button
            type="button"
            class="nav-item nav-post"
            aria-haspopup="dialog"
            onClick={openCompose}
          >
            <span class="nav-icon">
              <Icon name="add" />
            </span>
            <span class="nav-label">{t("New post")}</span>
          </button>
        </li>
        <NavLink
          href="/activity"
          label={t("Activity")}
          icon="activity"
          path={path}
          waiting={unread}
        >
          {t("{count} new", { count: unread })}
        </NavLink>
        <NavLink href={profile} label={t("Profile")} icon="person" path={path} waiting={requests}>
          {counted(requests, "{count} follow request", "{count} follow requests")}
        </NavLink>
      </ul>
    </nav>
  );
}

interface NavLinkProps {
  href: string;
  label: string;
  icon: IconName;
  path: string;
  /** How much waits there for one; `children` say it in words. */
  waiting?: number;
  children?: ComponentChildren;
}

function NavLink({ href, label, icon, path, waiting = 0, children }: NavLinkProps) {
  return (
    <li>
      <a class="nav-item" href={href} {...(path === href && { "aria-current": "page" as const })}>
        <span class="nav-icon">
          <Icon name={icon} />
          {waiting > 0 && (
            <span class="nav-badge" aria-hidden="true">
              {count(waiting)}
            </span>
          )}
        </span>
        <span class="nav-label">{label}</span>
        {waiting > 0 && <span class="visually-hidden">{children}</span>}
      </a>
    </li>
  );
}
