import { useState } from "preact/hooks";
import { t } from "../language.ts";
import { lazy } from "../lazy.tsx";
import type { PeopleFieldProps } from "../naming/people-field.tsx";
import { toast } from "../toasts.ts";
import { Boundary, reason } from "./boundary.tsx";
import { Icon } from "./icons.tsx";

const PeopleField = lazy(() => import("../naming/all.ts"), "PeopleField");

/** Who is named in a picture, and where one names them. The code for that comes when one asks for it. */
export function NamePeople(props: PeopleFieldProps) {
  const { what, people, error } = props;
  const [isOpen, setOpen] = useState(false);
  const isShown = isOpen || error !== null;

  function fail(failure: unknown): void {
    setOpen(false);
    toast(reason(failure), { isError: true });
  }

  return (
    <div class="name-people">
      <button
        type="button"
        class="button button-small"
        aria-label={t("Tag people in {what}", { what })}
        aria-expanded={isShown}
        onClick={() => setOpen(!isShown)}
      >
        <Icon name="person" /> {t("Tag people")}
      </button>
      {!isShown && people.length > 0 && (
        <span class="field-hint">{people.map(({ handle }) => `@${handle}`).join(", ")}</span>
      )}
      {isShown && (
        <Boundary onPartFailed={fail}>
          <PeopleField {...props} />
        </Boundary>
      )}
    </div>
  );
}
