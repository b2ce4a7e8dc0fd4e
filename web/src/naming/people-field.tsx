import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { MAX_HANDLE_INPUT } from "../../build/limits.ts";
import { Field } from "../components/field.tsx";
import { keepFocusNear } from "../components/focus.ts";
import { Icon } from "../components/icons.tsx";
import { t } from "../language.ts";
import { bareHandle, MIDDLE, moved, type Placed, type Point, pointIn, STEPS } from "./placed.ts";

export interface PeopleFieldProps {
  /** Of which picture, such as "photo 2 of 3". */
  what: string;
  people: readonly Placed[];
  onPeople: (people: readonly Placed[]) => void;
  /** What is wrong with a handle, if the API has refused it. */
  error: string | null;
  /** The picture. */
  children: ComponentChildren;
}

/**
 * Names people in a picture: a press on it says where, a handle says who. A name is moved by pressing it
 * and then the picture, or with the arrow keys.
 */
export function PeopleField({ what, people, onPeople, error, children }: PeopleFieldProps) {
  const [handle, setHandle] = useState("");
  /** Where whoever is named next will be. */
  const [at, setAt] = useState<Point | null>(null);
  /** Whom the next press on the picture moves. */
  const [held, setHeld] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const input = useRef<HTMLInputElement>(null);

  function add(point: Point = at ?? MIDDLE): void {
    const bare = bareHandle(handle);
    if (bare === "") return;
    onPeople([...people.filter((person) => person.handle !== bare), { handle: bare, ...point }]);
    setSaid(t("@{bare} is tagged. On the name, arrow keys move it.", { bare }));
    setHandle("");
    setAt(null);
  }

  function move(wanted: string, point: Point): void {
    onPeople(people.map((one) => (one.handle === wanted ? { ...one, ...point } : one)));
  }

  function press(point: Point): void {
    if (handle.trim() !== "") add(point);
    else if (held !== null) move(held, point);
    else setAt(point);
    setHeld(null);
    input.current?.focus();
  }

  function remove({ handle: wanted }: Placed, entry: Element): void {
    const keepFocus = keepFocusNear(entry);
    onPeople(people.filter((one) => one.handle !== wanted));
    setSaid(t("@{wanted} is not tagged any more.", { wanted }));
    keepFocus();
  }

  return (
    <fieldset class="people-field">
      <legend class="visually-hidden">{t("People in {what}", { what })}</legend>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the names on it are moved with arrow keys */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same */}
      <div
        class="people-picture"
        onMouseDown={(event) => event.preventDefault() /* the handle keeps the focus */}
        onClick={({ currentTarget, clientX, clientY }) =>
          press(pointIn(currentTarget.getBoundingClientRect(), clientX, clientY))
        }
      >
        {children}
        {at && <span class="people-point" style={placeOf(at)} />}
        {people.map((person) => (
          <button
            key={person.handle}
            type="button"
            class={held === person.handle ? "people-name people-held" : "people-name"}
            aria-label={t("@{handle}: arrow keys move the name", { handle: person.handle })}
            aria-pressed={held === person.handle}
            style={placeOf(person)}
            onClick={(event) => {
              event.stopPropagation();
              setHeld(held === person.handle ? null : person.handle);
            }}
            onKeyDown={(event) => {
              const step = STEPS[event.key];
              if (step === undefined) return;
              event.preventDefault();
              move(person.handle, moved(person, step));
            }}
          >
            <bdi>@{person.handle}</bdi>
          </button>
        ))}
      </div>
      <Field
        label={t("Handle")}
        value={handle}
        onValue={setHandle}
        maxLength={MAX_HANDLE_INPUT}
        error={error}
        hint={t(
          "Press the picture where somebody is, and write who it is. Press a name, and then the picture, to move it.",
        )}
        input={{
          ref: input,
          autocapitalize: "off",
          spellcheck: false,
          onBlur: () => add(), // what is written counts, also without the button
          onKeyDown: (event) => {
            if (event.key !== "Enter") return;
            event.preventDefault(); // the whole form is not sent by it
            add();
          },
        }}
      >
        <button type="button" class="button button-small people-add" onClick={() => add()}>
          {t("Tag them")}
        </button>
      </Field>
      {people.length > 0 && (
        <ul class="people-chosen" aria-label={t("Tagged in {what}", { what })}>
          {people.map((person) => (
            <li key={person.handle}>
              <bdi>@{person.handle}</bdi>
              <button
                type="button"
                class="icon-button"
                aria-label={t("Do not tag @{handle}", { handle: person.handle })}
                onClick={({ currentTarget }) => remove(person, currentTarget.closest("li")!)}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <span class="visually-hidden" role="status">
        {said}
      </span>
    </fieldset>
  );
}

/** A name stays within the picture: at its right edge, the name's right edge is there. */
function placeOf({ x, y }: Point): JSX.CSSProperties {
  return {
    left: `${100 * x}%`,
    top: `${100 * y}%`,
    translate: `${-100 * x}% ${-100 * y}%`,
  };
}
