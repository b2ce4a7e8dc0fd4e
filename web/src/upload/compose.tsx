import { useEffect, useState } from "preact/hooks";
import { MAX_CAPTION, MAX_MEDIA } from "../../build/limits.ts";
import { CommentsChoice } from "../answers/comments-choice.tsx";
import { MentionField } from "../answers/mention-field.tsx";
import { Dialog } from "../components/dialog.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { PlaceField } from "../components/place-field.tsx";
import { SensitiveSwitch } from "../components/sensitive-switch.tsx";
import { filesTaken } from "../compose.ts";
import { ApiError, sentence } from "../errors.ts";
import { useStore } from "../store.ts";
import { add, clear, draft, edit, hashedShare, obstacle, post } from "./draft.ts";
import { ItemRow } from "./item-row.tsx";

const ACCEPTED = "image/*,video/*,.heic,.heif,.avif,.mov,.mp4,.webm";

interface Props {
  files: readonly File[];
  onClose: () => void;
}

/** The post dialog: files, their order and descriptions, caption, place. */
export function Compose({ files, onClose }: Props) {
  const current = useStore(draft);
  const [isPosting, setPosting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isOver, setOver] = useState(false);
  const [moved, setMoved] = useState("");
  const hasItems = current.items.length > 0;

  useEffect(() => {
    if (files.length === 0) return;
    add(files);
    filesTaken();
  }, [files]);

  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const pasted = [...(event.clipboardData?.files ?? [])];
      if (pasted.length > 0) add(pasted);
    };
    document.addEventListener("paste", onPaste);
    return () => document.removeEventListener("paste", onPaste);
  }, []);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const problem = obstacle(current);
    if (problem !== null) return edit({ note: problem });
    setPosting(true);
    setError(null);
    try {
      await post();
      onClose();
    } catch (reason) {
      setError(reason);
    } finally {
      setPosting(false);
    }
  }

  const fieldError = (name: string) =>
    error instanceof ApiError && error.field?.startsWith(name) ? error.message : null;
  const isOfPeople = error instanceof ApiError && /^media\[\d+\]\.people/.test(error.field ?? "");
  const isOfField = isOfPeople || fieldError("caption") !== null || fieldError("place") !== null;
  const share = hashedShare(current.items);
  return (
    <Dialog title="New post" class="dialog-compose" onClose={onClose}>
      <form
        class={isOver ? "dialog-form compose-over" : "dialog-form"}
        onSubmit={(event) => void submit(event)}
        onDragOver={(event) => {
          if (event.dataTransfer?.types.includes("Files")) setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          setOver(false);
          const dropped = [...(event.dataTransfer?.files ?? [])];
          if (dropped.length > 0) add(dropped);
        }}
      >
        <div class="dialog-body form">
          {hasItems && (
            <ol class="items" aria-label="Files of this post">
              {current.items.map((item, index) => (
                <ItemRow
                  key={item.id}
                  item={item}
                  index={index}
                  count={current.items.length}
                  onMoved={setMoved}
                  peopleError={fieldError(`media[${index}].people`)}
                />
              ))}
            </ol>
          )}
          {current.items.some(({ problem }) => problem === null) && (
            <p class="field-hint">
              Descriptions are read aloud to people who cannot see the pictures.
            </p>
          )}
          {current.items.length < MAX_MEDIA && <Chooser isFirst={!hasItems} />}
          {hasItems && (
            <>
              <MentionField
                label="Caption"
                rows={3}
                value={current.caption}
                onValue={(caption) => edit({ caption })}
                maxLength={MAX_CAPTION}
                error={fieldError("caption")}
                hint="#hashtags and @handles become links."
              />
              <PlaceField
                place={current.place}
                onPlace={(place) => edit({ place })}
                error={fieldError("place")}
              />
              <label class="check">
                <input
                  type="checkbox"
                  checked={current.keepsCapture}
                  onChange={(event) => edit({ keepsCapture: event.currentTarget.checked })}
                />
                Show when and with which camera it was taken
              </label>
              <SensitiveSwitch
                isOn={current.isSensitive}
                onChange={(isSensitive) => edit({ isSensitive })}
              />
              <CommentsChoice
                value={current.commentsFrom}
                onChange={(commentsFrom) => edit({ commentsFrom })}
              />
            </>
          )}
          {isPosting && share < 1 && (
            <p role="status">
              Preparing the files
              <progress class="progress" max={1} value={share} aria-label="Preparing the files" />
            </p>
          )}
        </div>
        <p class="field-error dialog-note" role="alert">
          {current.note ?? (error !== null && !isOfField ? sentence(error) : null)}
        </p>
        <p class="visually-hidden" role="status">
          {moved}
        </p>
        {hasItems && (
          <div class="dialog-actions">
            <button type="button" class="button" disabled={isPosting} onClick={clear}>
              Discard
            </button>
            <button type="submit" class="button button-primary" disabled={isPosting}>
              Post
            </button>
          </div>
        )}
      </form>
    </Dialog>
  );
}

function Chooser({ isFirst }: { isFirst: boolean }) {
  return (
    <label class={isFirst ? "chooser chooser-first" : "chooser"}>
      <MoreIcon name="image" />
      <span class="chooser-text">{isFirst ? "Choose photos and videos" : "Add more"}</span>
      {isFirst && (
        <span class="chooser-hint">or drop or paste them here; up to {MAX_MEDIA} for one post</span>
      )}
      <input
        class="visually-hidden"
        type="file"
        multiple
        accept={ACCEPTED}
        onChange={(event) => {
          add([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = ""; // the same file may be chosen again
        }}
      />
    </label>
  );
}
