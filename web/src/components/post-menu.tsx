import { useState } from "preact/hooks";
import { MAX_ALT_TEXT, MAX_CAPTION } from "../../build/limits.ts";
import { Collect } from "../answers/collect.tsx";
import { CommentsChoice } from "../answers/comments-choice.tsx";
import { MentionField } from "../answers/mention-field.tsx";
import { call, type PostBody } from "../api.ts";
import { deletePost } from "../deletion.ts";
import { ApiError, sentence } from "../errors.ts";
import { ofPost } from "../link-sources.ts";
import { me } from "../me.ts";
import type { Placed } from "../naming/placed.ts";
import { parsePlace, placeText } from "../place.ts";
import { rememberOwn, usePost } from "../posts.ts";
import { location, navigate } from "../router.ts";
import { sourcesOf } from "../sources.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";
import { describe } from "./carousel.tsx";
import { Confirm } from "./confirm.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { FileImage } from "./file-image.tsx";
import { MoreIcon } from "./more-icons.tsx";
import { NamePeople } from "./name-people.tsx";
import { PersonDialog, PersonItems, type PersonStep } from "./person-menu.tsx";
import { PlaceFields } from "./place-fields.tsx";
import { SensitiveSwitch } from "./sensitive-switch.tsx";
import { share } from "./share.ts";

interface Props {
  post: PostBody;
  onClose: () => void;
}

/** What can be done with a post: by anybody, by its author, and about its author. */
export function PostMenu({ post: given, onClose }: Props) {
  const post = usePost(given);
  const user = useStore(me);
  const own = user?.id === post.author.id;
  const [step, setStep] = useState<"menu" | "edit" | "delete" | "collect" | PersonStep>("menu");

  if (step === "edit") return <EditPost post={post} onClose={onClose} />;
  if (step === "delete") return <ConfirmDelete post={post} onClose={onClose} />;
  if (step === "collect") return <Collect post={post} onClose={onClose} />;
  if (step !== "menu") return <PersonDialog step={step} person={post.author} onClose={onClose} />;
  return (
    <Dialog title="Post options" class="dialog-menu" onClose={onClose}>
      <ul class="menu dialog-body">
        {location.value.path !== `/p/${post.id}` && (
          <li>
            <a class="menu-item" href={`/p/${post.id}`} onClick={onClose}>
              <MoreIcon name="image" /> Go to post
            </a>
          </li>
        )}
        <li>
          <button
            type="button"
            class="menu-item"
            onClick={() => {
              onClose();
              void share(post);
            }}
          >
            <MoreIcon name="link" /> Share link
          </button>
        </li>
        <li>
          <button type="button" class="menu-item" onClick={() => setStep("collect")}>
            <MoreIcon name="save" /> Add to a collection
          </button>
        </li>
        {own && (
          <>
            <li>
              <button type="button" class="menu-item" onClick={() => setStep("edit")}>
                <MoreIcon name="edit" /> Edit post
              </button>
            </li>
            <li>
              <button type="button" class="menu-item danger" onClick={() => setStep("delete")}>
                <MoreIcon name="trash" /> Delete post
              </button>
            </li>
          </>
        )}
        {user !== null && !own && (
          <PersonItems person={post.author} onStep={setStep} onClose={onClose} />
        )}
      </ul>
    </Dialog>
  );
}

function ConfirmDelete({ post, onClose }: Props) {
  async function confirm(): Promise<void> {
    const isDeleted = await deletePost(post);
    onClose();
    if (isDeleted && location.value.path === `/p/${post.id}`) navigate("/", { replace: true });
  }

  return (
    <Confirm
      title="Delete this post?"
      action="Delete"
      keep="Keep it"
      danger
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>It disappears from all feeds at once. You can restore it for 30 days.</p>
    </Confirm>
  );
}

/** Who is named in each of a post's media, by the medium's id. */
function peopleOf({ media }: PostBody): Readonly<Record<string, readonly Placed[]>> {
  return Object.fromEntries(
    media.map(({ id, people }) => [
      id,
      people.map(({ user, x, y }) => ({ handle: user.handle, x, y })),
    ]),
  );
}

function isSame(one: readonly Placed[], other: readonly Placed[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function EditPost({ post, onClose }: Props) {
  const [caption, setCaption] = useState(post.caption);
  const [altTexts, setAltTexts] = useState(
    Object.fromEntries(post.media.map((medium) => [medium.id, medium.alt_text])),
  );
  const [place, setPlace] = useState(placeText(post.place));
  const [isSensitive, setSensitive] = useState(post.sensitive);
  const [people, setPeople] = useState(peopleOf(post));
  const [commentsFrom, setCommentsFrom] = useState(post.comments_from);
  const [placeError, setPlaceError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const parsed = parsePlace(place);
    setPlaceError(typeof parsed === "string" ? parsed : null);
    if (typeof parsed === "string") return;
    setBusy(true);
    setError(null);
    const changed = post.media.filter((medium) => altTexts[medium.id] !== medium.alt_text);
    const before = peopleOf(post);
    const named = post.media.filter(({ id }) => !isSame(people[id]!, before[id]!));
    const alt_texts = Object.fromEntries(changed.map(({ id }) => [id, altTexts[id] ?? ""]));
    try {
      const body = {
        caption,
        ...(changed.length > 0 && { alt_texts }),
        place: parsed,
        ...(named.length > 0 && {
          people: Object.fromEntries(named.map(({ id }) => [id, [...people[id]!]])),
        }),
        ...(commentsFrom !== post.comments_from && { comments_from: commentsFrom }),
        ...(isSensitive !== post.sensitive && { sensitive: isSensitive }),
      };
      rememberOwn(await call("patch", "/posts/{id}", { path: { id: post.id }, body }));
      toast("Changes saved.");
      onClose();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  }

  const errorOf = (field: string) =>
    error instanceof ApiError && error.field?.startsWith(field) ? error.message : null;
  const isOfField = (errorOf("caption") ?? errorOf("people.")) !== null;
  return (
    <Dialog title="Edit post" onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void save(event)}>
        <div class="dialog-body form">
          <MentionField
            label="Caption"
            rows={4}
            value={caption}
            onValue={setCaption}
            maxLength={MAX_CAPTION}
            error={errorOf("caption")}
          />
          {post.media.map((medium, index) => {
            const what = describe(post, medium, index + 1)
              .split(" by ")[0]!
              .toLowerCase();
            return (
              <div class="edit-medium" key={medium.id}>
                {medium.renditions.length > 0 && (
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
                  label={`Description of ${what}`}
                  hint="It is read aloud to people who cannot see the picture."
                  rows={2}
                  value={altTexts[medium.id] ?? ""}
                  onValue={(text) => setAltTexts({ ...altTexts, [medium.id]: text })}
                  maxLength={MAX_ALT_TEXT}
                />
                {medium.content_type.startsWith("image/") && medium.renditions.length > 0 && (
                  <NamePeople
                    what={what}
                    people={people[medium.id]!}
                    onPeople={(changed) => setPeople({ ...people, [medium.id]: changed })}
                    error={errorOf(`people.${medium.id}`)}
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
          })}
          <PlaceFields
            place={place}
            onPlace={(changed) => setPlace({ ...place, ...changed })}
            error={placeError}
          />
          <SensitiveSwitch isOn={isSensitive} onChange={setSensitive} />
          <CommentsChoice value={commentsFrom} onChange={setCommentsFrom} />
          {error !== null && !isOfField && (
            <p class="field-error" role="alert">
              {sentence(error)}
            </p>
          )}
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button button-primary" disabled={isBusy}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
