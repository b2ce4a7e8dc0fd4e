import { useState } from "preact/hooks";
import { call, type DeletedPost } from "../api.ts";
import { Confirm } from "../components/confirm.tsx";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { FileImage } from "../components/file-image.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { Page } from "../components/page.tsx";
import { erasePost, restorePost } from "../deletion.ts";
import { t } from "../language.ts";
import { OF_DELETED } from "../link-sources.ts";
import { List } from "../lists.ts";
import { day } from "../text.ts";
import { ofThisVisit } from "../visits.ts";

export function DeletedView() {
  const list = ofThisVisit(
    "deleted",
    () =>
      new List(
        (cursor) => call("get", "/me/deleted", { query: cursor === undefined ? {} : { cursor } }),
        (deleted) => deleted.post.id,
      ),
  );
  return (
    <Page title={t("Recently deleted")} class="page-narrow">
      <p class="page-sub">
        {t(
          "You can restore a post for 30 days after you have deleted it, or erase it for ever now.",
        )}
      </p>
      <Endless
        list={list}
        render={(items) => (
          <ul class="rows">
            {items.map((item) => (
              <Row key={item.post.id} item={item} />
            ))}
          </ul>
        )}
        skeleton={
          <p class="page-sub" role="status">
            {t("Loading…")}
          </p>
        }
        empty={<Empty title={t("Nothing was deleted")} drawing="trash" next="settings" />}
      />
    </Page>
  );
}

function Row({ item }: { item: DeletedPost }) {
  const [state, setState] = useState<"deleted" | "busy" | "restored" | "erased">("deleted");
  const [isAsking, setAsking] = useState(false);
  const { post, restorable_until: until } = item;
  const name = post.caption || t("a post without a caption");
  const thumb = post.media[0]?.renditions.at(-1)?.url;

  async function restore(): Promise<void> {
    setState("busy");
    setState((await restorePost(post.id)) ? "restored" : "deleted");
  }

  async function erase(): Promise<void> {
    setState("busy");
    setState((await erasePost(post.id)) ? "erased" : "deleted");
  }

  return (
    <li class="row">
      {thumb ? (
        <FileImage class="row-thumb" url={thumb} source={OF_DELETED} alt="" />
      ) : (
        <span class="row-thumb">
          <MoreIcon name="image" />
        </span>
      )}
      <div class="row-text">
        <p class="row-title" dir="auto">
          {post.caption || t("Without a caption")}
        </p>
        <p class="row-note">
          {state === "restored" && t("Restored")}
          {state === "erased" && t("Erased")}
          {(state === "deleted" || state === "busy") &&
            until &&
            t("Until {day}", { day: day(until) })}
        </p>
      </div>
      <div class="row-actions">
        {state === "restored" && (
          <a class="button button-small" href={`/p/${post.id}`}>
            {t("View")}
          </a>
        )}
        {(state === "deleted" || state === "busy") && (
          <>
            <button
              type="button"
              class="button button-small"
              disabled={state === "busy"}
              aria-label={t("Restore {name}", { name })}
              onClick={() => void restore()}
            >
              {t("Restore")}
            </button>
            <button
              type="button"
              class="button button-small"
              disabled={state === "busy"}
              aria-label={t("Erase {name} now", { name })}
              onClick={() => setAsking(true)}
            >
              {t("Erase now")}
            </button>
          </>
        )}
      </div>
      {isAsking && (
        <Confirm
          title={t("Erase this post for ever?")}
          action={t("Erase")}
          keep={t("Keep it")}
          danger
          onConfirm={erase}
          onClose={() => setAsking(false)}
        >
          <p>
            {t(
              "It cannot be brought back. Its files are removed, unless somebody else has posted the same ones, and links to them end within seconds.",
            )}
          </p>
        </Confirm>
      )}
    </li>
  );
}
