import { t } from "../language.ts";
import { me } from "../me.ts";
import { location } from "../router.ts";
import { useStore } from "../store.ts";

/** From one's own profile to what else is only for oneself. */
export function OwnTabs() {
  const own = useStore(me);
  const { path } = useStore(location);
  const tabs = [
    [own ? `/u/${own.handle}` : "/me", t("Posts")],
    ["/saved", t("Saved")],
    ["/tagged", t("Tagged")],
    ["/liked", t("Liked")],
    ["/comments", t("Comments")],
  ] as const;
  return (
    <nav class="tabs" aria-label={t("Your profile")}>
      {tabs.map(([href, label]) => (
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
  );
}
