import { useState } from "preact/hooks";
import { MAX_ALT_TEXT, MAX_MEDIA } from "../../build/limits.ts";
import { type Album, call, type PostBody } from "../api.ts";
import { Dialog } from "../components/dialog.tsx";
import { Retry } from "../components/endless.tsx";
import { Field } from "../components/field.tsx";
import { FileImage } from "../components/file-image.tsx";
import { Icon } from "../components/icons.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { NamePeople } from "../components/name-people.tsx";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { ofPost } from "../link-sources.ts";
import { useResource } from "../resource.ts";
import {
  type AlbumDraft,
  draftOf,
  type Entry,
  entryOf,
  isChanged,
  leftOut,
  moved,
  said,
} from "./album-change.ts";
import { saveAlbum } from "./album-saving.ts";
import { Order } from "./order.tsx";

interface Props {
  post: PostBody;
  onSaved: () => void;
  onClose: () => void;
}

/** The photos and videos of a published post: their order, without some, with others. */
export function AlbumEditor({ post, onSaved, onClose }: Props) {
  const album = useResource(`album ${post.id}`, () =>
    call("get", "/posts/{id}/album", { path: { id: post.id } }),
  );
  return (
    <Dialog title={t("Photos and videos")} onClose={onClose}>
      {album.value && <Editor album={album.value} onSaved={onSaved} onClose={onClose} />}
      {!album.value && (
        <div class="dialog-body">
          {album.error ? (
            <Retry message={album.error} onRetry={album.retry} />
          ) : (
            <p role="status">{t("Loading…")}</p>
          )}
        </div>
      )}
    </Dialog>
  );
}

function Editor({ album, onSaved, onClose }: Omit<Props, "post"> & { album: Album }) {
  const [draft, setDraft] = useState(() => draftOf(album));
  const [chosen, setChosen] = useState(0);
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { entries } = draft;
  const index = Math.min(chosen, entries.length - 1);
  const others = leftOut(album, draft);
  const isFull = entries.length >= MAX_MEDIA;
  const names = { number: index + 1, count: entries.length };

  function change(to: AlbumDraft, at = index): void {
    setError(null);
    setDraft(to);
    setChosen(Math.max(0, Math.min(to.entries.length - 1, at)));
  }

  function move(id: string, to: number): void {
    if (to >= 0 && to < entries.length) change(moved(draft, id, to), to);
  }

  function remove(entry: Entry): void {
    if (entry.preview) URL.revokeObjectURL(entry.preview);
    change({ ...draft, entries: entries.filter(({ id }) => id !== entry.id) });
  }

  function add(added: readonly Entry[]): void {
    const all = [...entries, ...added].slice(0, MAX_MEDIA);
    change({ ...draft, entries: all }, all.length - 1);
  }

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setShare(0);
    setError(null);
    try {
      await saveAlbum(album.post, draft, setShare);
      onSaved();
    } catch (reason) {
      setError(reason);
      setShare(null);
    }
  }

  return (
    <form class="dialog-form" onSubmit={(event) => void save(event)}>
      <div class="dialog-body form">
        {album.coming.length > 0 && (
          <p class="field-hint" role="status">
            {album.coming.some(({ state }) => state === "failed")
              ? t("A file could not be used, so these are not shown yet. Save without it.")
              : t("These are shown once all of their files have arrived.")}
          </p>
        )}
        <Order
          label={t("In this order")}
          items={entries}
          index={index}
          nameOf={(entry, at) => nameOf(entry, at, entries.length)}
          shown={(entry) => <Small post={album.post} entry={entry} />}
          onChoose={setChosen}
          onMove={move}
        />
        <div class="arrange-bar">
          <p role="status">{t("Number {number} of {count}", names)}</p>
          <button
            type="button"
            class="icon-button"
            aria-label={t("Move number {number} forward", names)}
            aria-disabled={index === 0}
            onClick={() => move(entries[index]!.id, index - 1)}
          >
            <Icon name="left" />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={t("Move number {number} back", names)}
            aria-disabled={index === entries.length - 1}
            onClick={() => move(entries[index]!.id, index + 1)}
          >
            <Icon name="right" />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={t("Remove number {number}", names)}
            disabled={entries.length === 1}
            onClick={() => remove(entries[index]!)}
          >
            <Icon name="close" />
          </button>
        </div>
        {entries[index] && (
          <FileDetails
            entry={entries[index]}
            onSaid={(to) => change(said(draft, entries[index]!.id, to))}
          />
        )}
        <label class="button button-small file-button">
          <span>{t("Add photos or videos")}</span>
          <input
            class="visually-hidden"
            type="file"
            multiple
            disabled={isFull}
            onChange={({ currentTarget }) => {
              add([...(currentTarget.files ?? [])].map(ofFile));
              currentTarget.value = "";
            }}
          />
        </label>
        {others.length > 0 && (
          <section class="album-left-out" aria-labelledby="left-out">
            <h3 id="left-out">{t("Removed")}</h3>
            <p class="field-hint">{t("You can put it back for 30 days.")}</p>
            <ul class="thumbs">
              {others.map((medium, at) => (
                <li key={medium.id} class="thumb">
                  <button
                    type="button"
                    class="thumb-button"
                    disabled={isFull}
                    aria-label={t("Put back number {number}", { number: at + 1 })}
                    onClick={() => add([entryOf(medium)])}
                  >
                    <Small post={album.post} entry={entryOf(medium)} />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
        {share !== null && (
          <p class="field-hint" role="status">
            {t("Sending, {percent} %", { percent: Math.round(share * 100) })}
          </p>
        )}
        {error !== null && (
          <p class="field-error" role="alert">
            {sentence(error)}
          </p>
        )}
      </div>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {t("Cancel")}
        </button>
        <button
          type="submit"
          class="button button-primary"
          disabled={share !== null || !isChanged(draft)}
        >
          {t("Save")}
        </button>
      </div>
    </form>
  );
}

/** It has an id of its own here, which no medium has. */
function ofFile(file: File): Entry {
  const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
  return { id: crypto.randomUUID(), medium: null, file, preview, altText: "", people: [] };
}

interface DetailsProps {
  entry: Entry;
  onSaid: (to: Partial<Pick<Entry, "altText" | "people">>) => void;
}

/** What one says of a file that is added: what is to be seen in it, and who. */
function FileDetails({ entry: { id, file, preview, altText, people }, onSaid }: DetailsProps) {
  if (file === null) return null;
  return (
    <>
      <Field
        label={t("Description of {name}", { name: file.name })}
        rows={1}
        value={altText}
        onValue={(text) => onSaid({ altText: text })}
        maxLength={MAX_ALT_TEXT}
      />
      {preview && (
        <NamePeople
          key={id}
          what={file.name}
          people={people}
          onPeople={(named) => onSaid({ people: named })}
          error={null}
        >
          <img class="people-whole" src={preview} alt="" draggable={false} />
        </NamePeople>
      )}
    </>
  );
}

function nameOf({ file, medium }: Entry, at: number, count: number): string {
  const names = { number: at + 1, count, name: file?.name ?? "" };
  if (medium === null) return t("{number} of {count}: {name}", names);
  return medium.content_type.startsWith("video/")
    ? t("{number} of {count}: video", names)
    : t("{number} of {count}: photo", names);
}

function Small({ post, entry: { medium, preview } }: { post: PostBody; entry: Entry }) {
  const url = medium?.renditions.at(-1)?.url;
  if (url) return <FileImage url={url} source={ofPost(post.id)} alt="" draggable={false} />;
  if (preview) return <img src={preview} alt="" draggable={false} />;
  return (
    <span class="tile">
      <MoreIcon name="image" />
    </span>
  );
}
