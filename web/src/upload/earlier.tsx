import { useEffect, useState } from "preact/hooks";
import { call, type PostBody } from "../api.ts";
import { Failure } from "../errors.ts";
import { t } from "../language.ts";
import { readPage } from "../posts.ts";
import { continueDraft } from "./continuing.ts";
import { DraftThumb } from "./draft-thumb.tsx";
import { useKept } from "./drafts-view.tsx";
import { captionOf, type DraftRow, rowsOf } from "./own-drafts.ts";

const MOST_SHOWN = 3;

/** In the dialog without a post: the drafts that one can go on with; nothing if there are none. */
export function Earlier({ onClose }: { onClose: () => void }) {
  const [posts, setPosts] = useState<readonly PostBody[]>([]);
  const kept = useKept();
  useEffect(() => {
    let isOver = false;
    void newest().then((found) => {
      if (!isOver) setPosts(found);
    });
    return () => {
      isOver = true;
    };
  }, []);
  const rows = rowsOf(posts, kept);
  if (rows.length === 0) return null;
  return (
    <section class="earlier" aria-labelledby="earlier-drafts">
      <h3 id="earlier-drafts">{t("Continue a draft")}</h3>
      <ul>
        {rows.slice(0, MOST_SHOWN).map((row) => (
          <Choice key={row.key} row={row} />
        ))}
      </ul>
      <a class="button button-small" href="/drafts" onClick={onClose}>
        {t("All drafts")}
      </a>
    </section>
  );
}

function Choice({ row }: { row: DraftRow }) {
  return (
    <li>
      <button type="button" class="menu-item" onClick={() => void continueDraft(row)}>
        <DraftThumb row={row} />
        <span class="earlier-caption">
          <bdi>{captionOf(row) || t("Without a caption")}</bdi>
        </span>
      </button>
    </li>
  );
}

/** Where the API cannot be asked, those of this browser are enough. */
async function newest(): Promise<readonly PostBody[]> {
  if (!navigator.onLine) return [];
  try {
    const query = { limit: MOST_SHOWN };
    return (await readPage(() => call("get", "/me/drafts", { query }))).items;
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}
