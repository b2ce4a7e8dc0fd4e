import { useEffect } from "preact/hooks";
import { addressOf, sentenceOf } from "../answers/notice.ts";
import { type ActivityGroup, call } from "../api.ts";
import { Avatar } from "../components/avatar.tsx";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { FileImage } from "../components/file-image.tsx";
import { FollowButton } from "../components/follow-button.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { Page } from "../components/page.tsx";
import { UsersSkeleton } from "../components/user-row.tsx";
import { renew } from "../device/device.ts";
import { noteWrite } from "../freshness.ts";
import { t } from "../language.ts";
import { ofPost } from "../link-sources.ts";
import { readAgain } from "../list-changes.ts";
import { List } from "../lists.ts";
import { STRANGER } from "../relation.ts";
import { useIsListed } from "../relations.ts";
import { ago, fullDate } from "../text.ts";
import { ACTIVITY, unseen } from "../unseen.ts";
import { ofThisVisit } from "../visits.ts";

/** What others have done that concerns one, grouped, the newest first. To open it is to see it. */
export function ActivityView() {
  const list = ofThisVisit("activity", notices);
  const isListed = useIsListed();
  const isShown = ({ users }: ActivityGroup) => users.length === 0 || users.some(isListed);

  useEffect(() => void renew().catch(() => undefined), []); // the next visit tries again

  // Who presses the link again asks for what is new.
  useEffect(() => {
    const again = () => void readAgain(list, () => page()).catch(() => undefined); // what is shown stays
    window.addEventListener("shutterfeed:again", again);
    return () => window.removeEventListener("shutterfeed:again", again);
  }, [list]);

  return (
    <Page title={t("Activity")} class="page-narrow">
      <Endless
        list={list}
        isShown={isShown}
        render={(groups) => (
          <ul class="rows">
            {groups.map((group) => (
              <Notice key={group.id} group={group} />
            ))}
          </ul>
        )}
        skeleton={<UsersSkeleton />}
        empty={
          <Empty title={t("Nothing has happened yet")} drawing="activity" next="explore">
            <p>{t("Likes, comments, mentions and new followers appear here.")}</p>
          </Empty>
        }
      />
    </Page>
  );
}

function notices(): List<ActivityGroup> {
  return new List(page, (group) => group.id);
}

async function page(cursor?: string) {
  const query = cursor === undefined ? {} : { cursor };
  const found = await call("get", "/me/activity", { query });
  if (cursor === undefined) void markSeen();
  return found;
}

/** Without an answer, they are counted as new once more. */
async function markSeen(): Promise<void> {
  try {
    await call("put", "/me/activity/seen");
    noteWrite(ACTIVITY);
    unseen.set(0);
  } catch {
    // The number stays as it is, and the next visit tries again.
  }
}

/** In place of faces, for what nobody is named for. */
const ICONS: Partial<Record<ActivityGroup["kind"], "clock" | "flag" | "shield">> = {
  published_late: "clock",
  report_decided: "flag",
  statement: "shield",
};

function Notice({ group }: { group: ActivityGroup }) {
  const { users, post, comment, at } = group;
  const [first] = users;
  const isOfFollow = group.kind === "follow" && group.count === 1;
  return (
    <li class={group.new ? "person notice-row notice-new" : "person notice-row"}>
      <a class="user-row" href={addressOf(group)}>
        <span class="notice-faces">
          {users.length === 0 && <MoreIcon name={ICONS[group.kind] ?? "warning"} />}
          {users.slice(0, 2).map((user) => (
            <Avatar key={user.id} user={user} />
          ))}
        </span>
        <span class="user-row-text">
          <span>
            {group.new && <span class="visually-hidden">{t("New:")} </span>}
            {sentenceOf(group)}
            {comment?.text && (
              <>
                :{" "}
                <q class="notice-quote">
                  <bdi>{comment.text}</bdi>
                </q>
              </>
            )}
          </span>
          <time class="handle" dateTime={at} title={fullDate(at)}>
            {ago(at)}
          </time>
        </span>
        {post?.thumbnail && (
          <FileImage
            class="row-thumb"
            alt=""
            url={post.thumbnail}
            source={ofPost(post.id)}
            width="48"
            height="48"
          />
        )}
      </a>
      {isOfFollow && first && (
        <div class="person-actions">
          <FollowButton
            user={first}
            seen={{ ...STRANGER, ...first, follows_me: true }}
            class="button-small"
          />
        </div>
      )}
    </li>
  );
}
