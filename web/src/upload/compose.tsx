import { useEffect, useState } from "preact/hooks";
import { MAX_CAPTION, MAX_MEDIA } from "../../build/limits.ts";
import { CommentsChoice } from "../answers/comments-choice.tsx";
import { MentionField } from "../answers/mention-field.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Field } from "../components/field.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { PlaceField } from "../components/place-field.tsx";
import { SensitiveSwitch } from "../components/sensitive-switch.tsx";
import { filesTaken } from "../compose.ts";
import { ApiError } from "../errors.ts";
import { t } from "../language.ts";
import { location, navigate } from "../router.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";
import { Arrange } from "./arrange.tsx";
import { CropItem } from "./crop-item.tsx";
import {
  add,
  type Draft,
  discard,
  draft,
  edit,
  loadDraft,
  obstacle,
  post,
  putAside,
  tellNow,
} from "./draft.ts";
import { Earlier } from "./earlier.tsx";
import { ItemDetails, Refused } from "./item-details.tsx";
import { resumeOutbox } from "./outbox.ts";
import { usePhotoPoint } from "./photo-point.ts";

const ACCEPTED = "image/*,video/*,.heic,.heif,.avif,.mov,.mp4,.webm";

interface Props {
  files: readonly File[];
  onClose: () => void;
}

/** The post dialog: what one posts as it will look, and right below it what one says of it. */
export function Compose({ files, onClose }: Props) {
  const current = useStore(draft);
  const [isOver, setOver] = useState(false);
  const [isSaving, setSaving] = useState(false);
  const hasItems = current.items.length > 0;
  const { refusal } = current;

  useEffect(() => {
    void loadDraft();
    void resumeOutbox();
  }, []);
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

  /** The draft stays for the next time, and can be gone on with on other devices. */
  function leave(): void {
    void tellNow();
    onClose();
  }

  async function save(): Promise<void> {
    setSaving(true);
    const isSaved = await putAside();
    setSaving(false);
    if (!isSaved) return;
    onClose();
    toast(t("Your draft is saved."), { action: t("View"), onAction: () => navigate("/drafts") });
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const problem = obstacle(current);
    if (problem !== null) {
      edit({ note: problem });
      return;
    }
    post();
    onClose();
    if (location.value.path === "/") window.scrollTo({ top: 0 });
    else toast(t("Your post is being sent."));
  }

  return (
    <Dialog title={t("New post")} class="dialog-compose" onClose={leave}>
      <form
        class={isOver ? "dialog-form compose-over" : "dialog-form"}
        onSubmit={submit}
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
          <Files current={current} />
          {hasItems ? <Said current={current} /> : <Earlier onClose={onClose} />}
        </div>
        <p class="field-error dialog-note" role="alert">
          {current.note ?? (refusal !== null && !isOfField(refusal) ? refusal.message : null)}
        </p>
        {hasItems && (
          <div class="dialog-actions">
            <button
              type="button"
              class="button"
              onClick={() => {
                discard();
                onClose();
              }}
            >
              {t("Discard")}
            </button>
            <button type="button" class="button" disabled={isSaving} onClick={() => void save()}>
              {t("Save as draft")}
            </button>
            <button type="submit" class="button button-primary" disabled={isSaving}>
              {current.publishAt === "" ? t("Post") : t("Schedule")}
            </button>
          </div>
        )}
      </form>
      <CropItem />
    </Dialog>
  );
}

/** What is posted, and what cannot be. */
function Files({ current: { items } }: { current: Draft }) {
  const good = items.filter(({ problem }) => problem === null);
  const bad = items.filter(({ problem }) => problem !== null);
  const chooser = items.length < MAX_MEDIA && <Chooser isFirst={items.length === 0} />;
  return (
    <>
      {good.length > 0 ? <Arrange items={good}>{chooser}</Arrange> : chooser}
      {bad.length > 0 && (
        <ul class="refused" aria-label={t("Files that cannot be posted")}>
          {bad.map((item) => (
            <Refused key={item.id} item={item} />
          ))}
        </ul>
      )}
    </>
  );
}

/** What one says of it. */
function Said({ current }: { current: Draft }) {
  const { refusal } = current;
  const fieldError = (name: string) =>
    refusal instanceof ApiError && refusal.field?.startsWith(name) ? refusal.message : null;
  const good = current.items.filter(({ problem }) => problem === null);
  return (
    <>
      <MentionField
        label={t("Caption")}
        rows={3}
        value={current.caption}
        onValue={(caption) => edit({ caption })}
        maxLength={MAX_CAPTION}
        error={fieldError("caption")}
        hint={t("#hashtags and @handles become links.")}
      />
      <PlaceField
        place={current.place}
        onPlace={(place) => edit({ place })}
        error={fieldError("place")}
        photoPoint={usePhotoPoint(good)}
      />
      {good.map((item, index) => (
        <ItemDetails key={item.id} item={item} peopleError={fieldError(`media[${index}].people`)} />
      ))}
      {good.length > 0 && (
        <p class="field-hint">
          {t("Descriptions are read aloud to people who cannot see the pictures.")}
        </p>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={current.keepsCapture}
          onChange={(event) => edit({ keepsCapture: event.currentTarget.checked })}
        />
        {t("Show when and with which camera it was taken")}
      </label>
      <SensitiveSwitch
        isOn={current.isSensitive}
        onChange={(isSensitive) => edit({ isSensitive })}
      />
      <CommentsChoice
        value={current.commentsFrom}
        onChange={(commentsFrom) => edit({ commentsFrom })}
      />
      <Field
        label={t("Post later, at")}
        value={current.publishAt}
        onValue={(publishAt) => edit({ publishAt })}
        input={{ type: "datetime-local" }}
        hint={t("Left empty, it is posted now.")}
        error={fieldError("publish_at")}
      />
    </>
  );
}

/** Whether what is wrong is said beside its field. */
function isOfField(refusal: unknown): boolean {
  const field = refusal instanceof ApiError ? (refusal.field ?? "") : "";
  return /^(caption|place|publish_at|media\[\d+\]\.people)/.test(field);
}

function Chooser({ isFirst }: { isFirst: boolean }) {
  return (
    <label class={isFirst ? "chooser chooser-first" : "chooser"}>
      <MoreIcon name="image" />
      <span class="chooser-text">{isFirst ? t("Choose photos and videos") : t("Add more")}</span>
      {isFirst && (
        <span class="chooser-hint">
          {t("or drop or paste them here; up to {most} for one post", { most: MAX_MEDIA })}
        </span>
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
