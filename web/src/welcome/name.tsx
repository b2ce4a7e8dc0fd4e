import { useState } from "preact/hooks";
import { MAX_DISPLAY_NAME } from "../../build/limits.ts";
import { call, type Me } from "../api.ts";
import { Field } from "../components/field.tsx";
import { HandleField } from "../components/handle-field.tsx";
import { ApiError, sentence } from "../errors.ts";
import { bareHandle, handleFrom } from "../handle-text.ts";
import { t } from "../language.ts";
import { rememberMe } from "../own-profile.ts";
import { goOnFrom, Step } from "./step.tsx";

/** The first step: a name, and the handle by which one is found. */
export function NameView() {
  return (
    <Step
      number={1}
      title={t("Welcome to Shutterfeed")}
      lead={t("What should people call you? You can change both later.")}
    >
      {(own) => <NameForm own={own} onDone={() => goOnFrom(1)} skip={t("Skip")} />}
    </Step>
  );
}

interface Props {
  own: Me;
  /** It is saved, or was skipped. */
  onDone: () => void;
  /** The name of the button that saves nothing. */
  skip: string;
}

/** Name and handle; the handle is made of the name until one types another. */
export function NameForm({ own, onDone, skip }: Props) {
  const [name, setName] = useState(own.display_name);
  const [handle, setHandle] = useState(own.handle_chosen ? own.handle : handleFrom(name));
  const [isTyped, setTyped] = useState(own.handle_chosen);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const bare = bareHandle(handle);
  const change = {
    ...(name.trim() !== own.display_name && { display_name: name }),
    ...(bare !== "" && bare !== own.handle && { handle: bare }),
  };

  async function save(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      if (Object.keys(change).length > 0) rememberMe(await call("patch", "/me", { body: change }));
      onDone();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  }

  const field = error instanceof ApiError ? error.field : null;
  const errorOf = (wanted: string) => (field === wanted ? sentence(error) : null);
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field
        label={t("Name")}
        value={name}
        onValue={(typed) => {
          setName(typed);
          if (!isTyped) setHandle(handleFrom(typed));
        }}
        maxLength={MAX_DISPLAY_NAME}
        error={errorOf("display_name")}
        input={{ autocomplete: "name" }}
      />
      <HandleField
        value={handle}
        onValue={(typed) => {
          setTyped(true);
          setHandle(typed);
          setError(null);
        }}
        own={own.handle}
        error={errorOf("handle")}
      />
      {error !== null && field !== "display_name" && field !== "handle" && (
        <p class="field-error" role="alert">
          {sentence(error)}
        </p>
      )}
      <button type="submit" class="button button-primary button-wide" disabled={isBusy}>
        {t("Continue")}
      </button>
      <button type="button" class="button button-wide" disabled={isBusy} onClick={onDone}>
        {skip}
      </button>
    </form>
  );
}
