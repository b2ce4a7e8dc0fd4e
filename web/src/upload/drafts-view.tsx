import { useEffect, useRef, useState } from "preact/hooks";
import { call, type PostBody } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { keepFocusNear } from "../components/focus.ts";
import { Page } from "../components/page.tsx";
import { compose } from "../compose.ts";
import { t } from "../language.ts";
import { readAgain } from "../list-changes.ts";
import { List } from "../lists.ts";
import { readPage, usePost } from "../posts.ts";
import { useStore } from "../store.ts";
import { fullDate } from "../text.ts";
import { ofThisVisit } from "../visits.ts";
import { continueDraft, discardDraft } from "./continuing.ts";
import { DraftThumb } from "./draft-thumb.tsx";
import type { KeptDraft } from "./kept-draft.ts";
import { captionOf, type DraftRow, rowsOf } from "./own-drafts.ts";
import { keptChanges, keptDrafts } from "./slot.ts";

const NOTHING_KEPT: ReadonlyMap<string, KeptDraft> = new Map();

/** One's drafts: those of this browser, and those that were begun on other devices. */
export function DraftsView() {
  const list = ofThisVisit("drafts", () => new List(page, (post) => post.id));
  const kept = useKept();
  const isComposing = useStore(compose) !== null;
  const { items, status } = useStore(list.state);
  const isUnreachable = status === "error" && items.length === 0;

  // What was posted, put aside or changed in the dialog meanwhile.
  useEffect(() => {
    const isBegun = list.state.value.items.length > 0 || list.state.value.status === "end";
    if (isComposing || !isBegun) return;
    readAgain(list, page).catch(() => undefined); // what is shown stays
  }, [isComposing, kept]);

  return (
    <Page title={t("Drafts")} class="page-narrow">
      <p class="page-sub">
        {t("Nobody else sees them. A draft is kept for 7 days after you have changed it last.")}
      </p>
      {isUnreachable && <Rows rows={rowsOf([], kept)} />}
      <Endless
        list={list}
        render={(posts) => <Rows rows={rowsOf(posts, kept)} />}
        skeleton={
          <p class="page-sub" role="status">
            {t("Loading…")}
          </p>
        }
        empty={
          kept.size > 0 ? (
            <Rows rows={rowsOf([], kept)} />
          ) : (
            <Empty title={t("No drafts")} drawing="edit" next="post">
              <p>{t("When you make a post, you can save it as a draft and go on later.")}</p>
            </Empty>
          )
        }
      />
    </Page>
  );
}

function page(cursor?: string) {
  const query = cursor === undefined ? {} : { cursor };
  return readPage(() => call("get", "/me/drafts", { query }));
}

/** What this browser keeps, read again when it changes. */
export function useKept(): ReadonlyMap<string, KeptDraft> {
  const [kept, setKept] = useState(NOTHING_KEPT);
  const changes = useStore(keptChanges);
  const isComposing = useStore(compose) !== null;
  useEffect(() => {
    let isOver = false;
    void keptDrafts().then((found) => {
      if (!isOver) setKept(found);
    });
    return () => {
      isOver = true;
    };
  }, [changes, isComposing]);
  return kept;
}

function Rows({ rows }: { rows: readonly DraftRow[] }) {
  return (
    <ul class="rows">
      {rows.map((row) =>
        row.post === null ? (
          <Row key={row.key} row={row} />
        ) : (
          <KnownRow key={row.key} row={row} post={row.post} />
        ),
      )}
    </ul>
  );
}

/** A draft that the API has, as it is now. */
function KnownRow({ row, post }: { row: DraftRow; post: PostBody }) {
  return <Row row={{ ...row, post: usePost(post) }} />;
}

function Row({ row }: { row: DraftRow }) {
  const [isBusy, setBusy] = useState(false);
  const entry = useRef<HTMLLIElement>(null);
  const { post } = row;
  const caption = captionOf(row) || t("Without a caption");
  const isOpen = post === null || (post.state !== "deleted" && Boolean(post.draft_until));

  async function act(done: () => Promise<unknown>): Promise<void> {
    const keepFocus = keepFocusNear(entry.current!);
    setBusy(true);
    await done();
    setBusy(false);
    keepFocus();
  }

  return (
    <li class="row" ref={entry}>
      <DraftThumb row={row} />
      <div class="row-text">
        <p class="row-title" dir="auto">
          {caption}
        </p>
        <p class="row-note" role="status">
          {noteOf(post)}
        </p>
      </div>
      {isOpen && (
        <div class="row-actions">
          <button
            type="button"
            class="button button-small"
            disabled={isBusy}
            aria-label={t("Continue: “{caption}”", { caption })}
            onClick={() => void act(() => continueDraft(row))}
          >
            {t("Continue")}
          </button>
          <button
            type="button"
            class="button button-small"
            disabled={isBusy}
            aria-label={t("Discard: “{caption}”", { caption })}
            onClick={() => void act(() => discardDraft(row))}
          >
            {t("Discard")}
          </button>
        </div>
      )}
    </li>
  );
}

/** How long it is kept, and what stands in the way of posting it. */
function noteOf(post: PostBody | null): string {
  if (post === null) return t("Only on this device");
  if (post.state === "deleted") return t("Discarded");
  if (!post.draft_until) return t("Posted");
  const moment = fullDate(post.draft_until);
  if (post.state === "failed") {
    return t("One of its files could not be used. Kept until {moment}", { moment });
  }
  if (post.state !== "draft")
    return t("Its files are on their way. Kept until {moment}", { moment });
  return t("Kept until {moment}", { moment });
}
