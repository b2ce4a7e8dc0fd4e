import { useState } from "preact/hooks";
import { MAX_BIO, MAX_DISPLAY_NAME } from "../../build/limits.ts";
import { call, type Me } from "../api.ts";
import { Retry } from "../components/endless.tsx";
import { Field } from "../components/field.tsx";
import { HandleField } from "../components/handle-field.tsx";
import { Page } from "../components/page.tsx";
import { ApiError, sentence } from "../errors.ts";
import { bareHandle } from "../handle-text.ts";
import { t } from "../language.ts";
import { me } from "../me.ts";
import { loadMe, rememberMe } from "../own-profile.ts";
import { useResource } from "../resource.ts";
import { navigate } from "../router.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";
import { AvatarForm } from "./avatar-form.tsx";

/** Who one is for others: name, handle, picture, a few words. */
export function EditProfileView() {
  const user = useResource("me", loadMe);
  const own = useStore(me);
  return (
    <Page title={t("Edit profile")} class="page-narrow">
      {user.error && <Retry message={user.error} onRetry={user.retry} />}
      {user.value && (
        <>
          <AvatarForm user={own ?? user.value} />
          <ProfileForm key={user.value.id} user={user.value} />
        </>
      )}
    </Page>
  );
}

function ProfileForm({ user }: { user: Me }) {
  const [name, setName] = useState(user.display_name);
  const [handle, setHandle] = useState(user.handle);
  const [bio, setBio] = useState(user.bio);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const bare = bareHandle(handle);
    const body = {
      display_name: name,
      bio,
      ...(bare !== user.handle && { handle: bare }),
    };
    try {
      const saved = await call("patch", "/me", { body });
      rememberMe(saved);
      toast(t("Profile saved."));
      navigate(`/u/${saved.handle}`);
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  }

  const field = error instanceof ApiError ? error.field : null;
  const errorOf = (wanted: string) => (field === wanted ? sentence(error) : null);
  const isOfField = field !== null && ["display_name", "handle", "bio"].includes(field);
  return (
    <form class="form" onSubmit={(event) => void save(event)}>
      <Field
        label={t("Name")}
        value={name}
        onValue={setName}
        maxLength={MAX_DISPLAY_NAME}
        error={errorOf("display_name")}
        input={{ autocomplete: "name" }}
      />
      <HandleField
        value={handle}
        onValue={setHandle}
        own={user.handle}
        error={errorOf("handle")}
        note={t("If you change it, nobody else can take the old one for 30 days.")}
      />
      <Field
        label={t("About you")}
        rows={3}
        value={bio}
        onValue={setBio}
        maxLength={MAX_BIO}
        error={errorOf("bio")}
      />
      {error !== null && !isOfField && (
        <p class="field-error" role="alert">
          {sentence(error)}
        </p>
      )}
      <button type="submit" class="button button-primary" disabled={isBusy}>
        {t("Save")}
      </button>
    </form>
  );
}
