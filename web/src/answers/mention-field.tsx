import type { RefObject } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Author, call } from "../api.ts";
import { Avatar } from "../components/avatar.tsx";
import { Field } from "../components/field.tsx";
import { onceLetGo } from "../components/focus.ts";
import { Failure } from "../errors.ts";
import { counted, t } from "../language.ts";
import { completed, isSending, listKey, typedHandle } from "./typing.ts";

const SUGGEST_AFTER_MS = 150;
const MOST = 6;

interface Props {
  label: string;
  rows: number;
  value: string;
  onValue: (value: string) => void;
  maxLength: number;
  error?: string | null;
  hint?: string;
  /** The text box, for whoever moves the focus to it. */
  area?: RefObject<HTMLTextAreaElement>;
}

/** A text box that completes the handles that one types: arrow keys through them, Enter takes one. */
export function MentionField({ area, ...props }: Props) {
  const { value, onValue } = props;
  const id = useId();
  const own = useRef<HTMLTextAreaElement>(null);
  const box = area ?? own;
  const [typed, setTyped] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const caret = useRef<number | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const people = usePeople(typed);
  const isListed = people.length > 0;
  const chosen = Math.min(active, people.length - 1);

  // What was completed is not the end of the text.
  useLayoutEffect(() => {
    if (caret.current === null) return;
    box.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [value]);

  // The text may stand at the end of the screen, and the list is below it.
  useEffect(() => {
    if (isListed) list.current!.scrollIntoView({ block: "nearest" });
  }, [isListed]);

  // What was completed here is sent.
  useEffect(() => {
    if (value === "") setTyped(null);
  }, [value === ""]);

  function take(person: Author): void {
    const done = completed(value, box.current!.selectionStart, person.handle);
    caret.current = done.caret;
    setTyped(null);
    onValue(done.text);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (isSending(event)) setTyped(null);
    const action = isListed ? listKey(event) : null;
    if (action === null) return;
    if (action === "take") take(people[chosen]!);
    else if (action === "close") setTyped(null);
    else setActive((chosen + action + people.length) % people.length);
    event.preventDefault();
    event.stopPropagation(); // Escape closes the list, not the dialog around it
  }

  return (
    <Field
      {...props}
      onValue={(text) => {
        const handle = typedHandle(text, box.current!.selectionStart);
        setTyped(handle?.typed ?? null);
        setActive(0);
        onValue(text);
      }}
      area={{
        ref: box,
        "aria-autocomplete": "list",
        "aria-controls": `${id}-list`,
        ...(isListed && { "aria-activedescendant": `${id}-${chosen}` }),
        onKeyDown,
        onBlur: () => onceLetGo(() => setTyped(null)),
      }}
    >
      <div
        ref={list}
        class="mention-list"
        id={`${id}-list`}
        role="listbox"
        aria-label={t("People to mention")}
        hidden={!isListed}
      >
        {people.map((person, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text box, see aria-activedescendant
          // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the text box takes it
          <div
            key={person.id}
            id={`${id}-${index}`}
            class={index === chosen ? "suggestion suggestion-active" : "suggestion"}
            role="option"
            aria-selected={index === chosen}
            onPointerDown={(event) => event.preventDefault() /* the text box keeps the focus */}
            onClick={() => take(person)}
          >
            <Avatar user={person} />
            <span>
              {person.display_name && <bdi class="name">{person.display_name} </bdi>}
              <bdi class="handle">@{person.handle}</bdi>
            </span>
          </div>
        ))}
      </div>
      <span class="visually-hidden" role="status">
        {isListed
          ? counted(people.length, "{count} person to mention", "{count} people to mention")
          : ""}
      </span>
    </Field>
  );
}

interface Found {
  /** What they were looked for by. */
  readonly typed: string | null;
  readonly people: readonly Author[];
}

const NOBODY: Found = { typed: null, people: [] };

/** Whom a handle that begins this way may mean. Nobody until that is known for exactly this one. */
function usePeople(typed: string | null): readonly Author[] {
  const [found, setFound] = useState(NOBODY);
  useEffect(() => {
    if (typed === null) {
      setFound(NOBODY);
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      call("get", "/search/suggest", { query: { q: `@${typed}` }, signal: stop.signal }).then(
        ({ items }) => {
          const people = items.flatMap(({ user }) => user ?? []).slice(0, MOST);
          setFound({ typed, people });
        },
        (error: unknown) => {
          if (stop.signal.aborted) return;
          if (!(error instanceof Failure)) throw error;
          setFound(NOBODY); // a handle can be typed to its end without help
        },
      );
    }, SUGGEST_AFTER_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [typed]);
  return found.typed === typed ? found.people : NOBODY.people;
}
