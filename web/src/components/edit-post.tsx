import { useState } from "preact/hooks";
import { MAX_ALT_TEXT, MAX_CAPTION } from "../../build/limits.ts";
import { CommentsChoice } from "../answers/comments-choice.tsx";
import { MentionField } from "../answers/mention-field.tsx";
import { call, type MediumView, type PostBody } from "../api.ts";
import { changesOf, type Edits, editsOf, forgetEdits, hasEdits, keepEdits } from "../edits.ts";
import { ApiError, sentence } from "../errors.ts";
import { t } from "../language.ts";
import { lazy } from "../lazy.tsx";
import { ofPost } from "../link-sources.ts";
import { rememberOwn } from "../posts.ts";
import { sourcesOf } from "../sources.ts";
import { toast } from "../toasts.ts";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { FileImage } from "./file-image.tsx";
import { NamePeople } from "./name-people.tsx";
import { PlaceField } from "./place-field.tsx";
import { SensitiveSwitch } from "./sensitive-switch.tsx";

const AlbumEditor = lazy(() => import("../upload/all.ts"), "AlbumEditor");

interface Props {
  post: PostBody;
  onClose: () => void;
}

/** Changes a post. What is neither saved nor cancelled is there again when the dialog is. */
export function EditPost({ post, onClose }: Props) {
  const [isFound] = useState(() => hasEdits(post));
  const [edits, setEdits] = useState(() => editsOf(post));
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isInAlbum, setInAlbum] = useState(false);

  function edit(changed: Partial<Edits>): void {
    const next = { ...edits, ...changed };
    keepEdits(post, next);
    setEdits(next);
  }

  function cancel(): void {
    forgetEdits(post);
    onClose();
  }

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const body = changesOf(post, edits);
      rememberOwn(await call("patch", "/posts/{id}", { path: { id: post.id }, body }));
      forgetEdits(post);
      toast(t("Changes saved."));
      onClose();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  }

  const errorOf = (field: string) =>
    error instanceof ApiError && error.field?.startsWith(field) ? error.message : null;
  if (isInAlbum) {
    // A dialog would cover what offers to undo it. What was typed here is kept.
    return <AlbumEditor post={post} onSaved={onClose} onClose={() => setInAlbum(false)} />;
  }
  const isOfField = (errorOf("caption") ?? errorOf("people.") ?? errorOf("place")) !== null;
  return (
    <Dialog title={t("Edit post")} onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void save(event)}>
        <div class="dialog-body form">
          {isFound && (
            <p class="field-hint" role="status">
              {t("These are your changes from before. “Cancel” gives them up.")}
            </p>
          )}
          <MentionField
            label={t("Caption")}
            rows={4}
            value={edits.caption}
            onValue={(caption) => edit({ caption })}
            maxLength={MAX_CAPTION}
            error={errorOf("caption")}
          />
          {post.state === "published" && (
            <button
              type="button"
              class="button button-small file-button"
              onClick={() => setInAlbum(true)}
            >
              {t("Change photos and videos")}
            </button>
          )}
          {post.media.map((medium, index) => (
            <EditMedium
              key={medium.id}
              {...{ post, medium, edits }}
              number={index + 1}
              onEdit={edit}
              error={errorOf(`people.${medium.id}`)}
            />
          ))}
          <PlaceField
            place={edits.place}
            onPlace={(place) => edit({ place })}
            error={errorOf("place")}
          />
          <SensitiveSwitch
            isOn={edits.isSensitive}
            onChange={(isSensitive) => edit({ isSensitive })}
          />
          <CommentsChoice
            value={edits.commentsFrom}
            onChange={(commentsFrom) => edit({ commentsFrom })}
          />
          {error !== null && !isOfField && (
            <p class="field-error" role="alert">
              {sentence(error)}
            </p>
          )}
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={cancel}>
            {t("Cancel")}
          </button>
          <button type="submit" class="button button-primary" disabled={isBusy}>
            {t("Save")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface MediumProps {
  post: PostBody;
  medium: MediumView;
  /** Among the post's media, from one. */
  number: number;
  edits: Edits;
  onEdit: (changed: Partial<Edits>) => void;
  /** What is wrong with whom is named in it. */
  error: string | null;
}

/** The description of a photo or video, and who is in a photo. */
function EditMedium({ post, medium, number, edits, onEdit, error }: MediumProps) {
  const names = { number, total: post.media.length };
  const isVideo = medium.content_type.startsWith("video/");
  const what = isVideo
    ? t("video {number} of {total}", names)
    : t("photo {number} of {total}", names);
  const { altTexts, people } = edits;
  const isShown = medium.renditions.length > 0;
  return (
    <div class="edit-medium">
      {isShown && (
        <FileImage
          class="edit-thumb"
          alt=""
          url={medium.renditions.at(-1)!.url}
          source={ofPost(post.id)}
          width="64"
          height="64"
        />
      )}
      <Field
        label={
          isVideo
            ? t("Description of video {number} of {total}", names)
            : t("Description of photo {number} of {total}", names)
        }
        hint={t("It is read aloud to people who cannot see the picture.")}
        rows={2}
        value={altTexts[medium.id] ?? ""}
        onValue={(text) => onEdit({ altTexts: { ...altTexts, [medium.id]: text } })}
        maxLength={MAX_ALT_TEXT}
      />
      {isShown && !isVideo && (
        <NamePeople
          what={what}
          people={people[medium.id] ?? []}
          onPeople={(named) => onEdit({ people: { ...people, [medium.id]: named } })}
          error={error}
        >
          <FileImage
            class="people-whole"
            alt=""
            url={sourcesOf(medium).jpeg.at(-1)!.url}
            source={ofPost(post.id)}
          />
        </NamePeople>
      )}
    </div>
  );
}
