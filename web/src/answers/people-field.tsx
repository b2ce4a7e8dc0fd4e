import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { MAX_HANDLE_INPUT } from "../../build/limits.ts";
import { Field } from "../components/field.tsx";
import { Icon } from "../components/icons.tsx";

/** Somebody in a picture: `x` and `y` are shares of its width and height, from the top left. */
export interface Placed {
  readonly handle: string;
  readonly x: number;
  readonly y: number;
}

interface Props {
  /** Of which picture, such as "photo 2 of 3". */
  what: string;
  people: readonly Placed[];
  onPeople: (people: readonly Placed[]) => void;
  /** What is wrong with a handle, if the API has refused it. */
  error: string | null;
  /** The picture. */
  children: ComponentChildren;
}

/** How far an arrow key moves somebody, as a share of the picture. */
const STEP = 0.05;
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** Names people in a picture. A press on it moves the one who was named last; arrow keys move each. */
export function PeopleField({ what, people, onPeople, error, children }: Props) {
  const [handle, setHandle] = useState("");
  const [last, setLast] = useState<string | null>(null);

  function add(): void {
    const bare = handle.trim().replace(/^@/, "").toLowerCase();
    if (bare === "") return;
    const others = people.filter((person) => person.handle !== bare);
    onPeople([...others, { handle: bare, x: 0.5, y: 0.5 }]);
    setLast(bare);
    setHandle("");
  }

  function move(wanted: string, x: number, y: number): void {
    const place = { x: within(x), y: within(y) };
    onPeople(people.map((one) => (one.handle === wanted ? { ...one, ...place } : one)));
  }

  return (
    <fieldset class="people-field">
      <legend class="field-label">People in {what}</legend>
      {people.length > 0 && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the names on it are moved with arrow keys
        // biome-ignore lint/a11y/noStaticElementInteractions: the same
        <div
          class="people-picture"
          onClick={({ currentTarget, clientX, clientY }) => {
            const box = currentTarget.getBoundingClientRect();
            const chosen = last ?? people.at(-1)!.handle;
            move(chosen, (clientX - box.left) / box.width, (clientY - box.top) / box.height);
          }}
        >
          {children}
          {people.map((person) => (
            <button
              key={person.handle}
              type="button"
              class="people-name"
              aria-label={`@${person.handle}: arrow keys move the name`}
              style={{
                left: `${100 * person.x}%`,
                top: `${100 * person.y}%`,
                translate: `${-100 * person.x}% ${-100 * person.y}%`,
              }}
              onClick={(event) => {
                event.stopPropagation();
                setLast(person.handle);
              }}
              onKeyDown={(event) => {
                const step = STEPS[event.key];
                if (step === undefined) return;
                event.preventDefault();
                move(person.handle, person.x + step[0], person.y + step[1]);
              }}
            >
              @{person.handle}
            </button>
          ))}
        </div>
      )}
      <ul class="people-chosen">
        {people.map((person) => (
          <li key={person.handle}>
            @{person.handle}
            <button
              type="button"
              class="icon-button"
              aria-label={`Do not name @${person.handle}`}
              onClick={() => onPeople(people.filter((one) => one.handle !== person.handle))}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <Field
        label="Handle"
        value={handle}
        onValue={setHandle}
        maxLength={MAX_HANDLE_INPUT}
        error={error}
        {...(people.length > 0 && { hint: "A press on the picture moves the last name there." })}
        input={{
          autocapitalize: "off",
          spellcheck: false,
          onKeyDown: (event) => {
            if (event.key !== "Enter") return;
            event.preventDefault(); // the whole form is not sent by it
            add();
          },
        }}
      >
        <button type="button" class="button button-small" onClick={add}>
          Name them
        </button>
      </Field>
    </fieldset>
  );
}

function within(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000;
}
