import { useEffect, useRef } from "preact/hooks";
import { Choice } from "../components/choice.tsx";
import { locale, t } from "../language.ts";
import { me } from "../me.ts";
import { isPlainClick, location, navigate } from "../router.ts";
import { useStore } from "../store.ts";
import { monthsSince, shownBy } from "./profile-posts.ts";

type Tab = readonly [address: string, label: string];

/** From one's own profile to what else is only for oneself. */
export function OwnTabs() {
  const own = useStore(me);
  const profile = own ? `/u/${own.handle}` : "/me";
  return (
    <Tabs
      label={t("Your profile")}
      tabs={[
        [profile, t("Posts")],
        [`${profile}?show=videos`, t("Videos")],
        ["/saved", t("Saved")],
        ["/tagged", t("Tagged")],
        ["/liked", t("Liked")],
        ["/comments", t("Comments")],
      ]}
    />
  );
}

/** What there is of somebody else's. */
export function ProfileTabs({ handle }: { handle: string }) {
  return (
    <Tabs
      label={t("Posts of @{handle}", { handle })}
      tabs={[
        [`/u/${handle}`, t("Posts")],
        [`/u/${handle}?show=videos`, t("Videos")],
      ]}
    />
  );
}

function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const { path, query } = useStore(location);
  const current = shownBy(query).videos ? `${path}?show=videos` : path;
  const row = useRef<HTMLElement>(null);
  useEffect(() => showCurrent(row.current!), [current]);
  return (
    <nav class="tabs" aria-label={label} ref={row}>
      {tabs.map(([address, name]) => (
        <a
          key={address}
          class="tab"
          href={address}
          onClick={(event) => {
            // On the same page, only the posts change.
            if (!isPlainClick(event) || address.split("?")[0] !== path) return;
            event.preventDefault();
            navigate(address, { replace: true });
          }}
          {...(current === address && { "aria-current": "page" as const })}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}

/** On a phone, the row is longer than the screen: brings the tab that one is at into its middle. */
function showCurrent(row: HTMLElement): void {
  const tab = row.querySelector("[aria-current]");
  if (tab) row.scrollLeft += middleOf(tab) - middleOf(row);
}

function middleOf(element: Element): number {
  const { left, width } = element.getBoundingClientRect();
  return left + width / 2;
}

/** Leads to a month of one's own posts: the list then begins with the last post of that month. */
export function Months({ since }: { since: string }) {
  const { path, query } = useStore(location);
  const format = new Intl.DateTimeFormat(locale, { year: "numeric", month: "long" });
  const months = monthsSince(since).map(
    (month) => [month, format.format(new Date(`${month}-02T12:00`))] as const,
  );
  return (
    <div class="months">
      <Choice
        label={t("Go to month")}
        value={shownBy(query).until ?? ""}
        options={[["", t("Newest")], ...months]}
        onChange={(month) =>
          navigate(month === "" ? path : `${path}?until=${month}`, { replace: true })
        }
      />
    </div>
  );
}
