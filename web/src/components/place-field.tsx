import { useEffect, useId, useRef, useState } from "preact/hooks";
import { MAX_PLACE_NAME } from "../../build/limits.ts";
import { listKey } from "../answers/typing.ts";
import { call, type FoundPlaceBody, type PlaceBody } from "../api.ts";
import { Failure } from "../errors.ts";
import { counted, t } from "../language.ts";
import { Field } from "./field.tsx";
import { onceLetGo } from "./focus.ts";
import { MoreIcon } from "./more-icons.tsx";

const SUGGEST_AFTER_MS = 150;
const MOST = 6;
/** Of a degree: about a hundred metres. Nobody has to know more of where somebody stood. */
const DIGITS = 3;

/** In degrees. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

interface Props {
  /** Null for none. */
  place: PlaceBody | null;
  onPlace: (place: PlaceBody | null) => void;
  error?: string | null;
  /** Where the photo says that it was taken: offered, and used only if one wants that. */
  photoPoint?: Point | null;
}

/** Where a post was made. A name is enough; places that one has used before, and those of others, are offered. */
export function PlaceField({ place, onPlace, error, photoPoint = null }: Props) {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [usesPhoto, setUsesPhoto] = useState(false);
  const near = usesPhoto && photoPoint ? rounded(photoPoint) : null;
  const name = place?.name ?? "";
  const found = usePlaces(isOpen ? name : null, near).filter((other) => other.name !== name);
  const isListed = isOpen && found.length > 0;

  function type(text: string): void {
    setOpen(true);
    setActive(-1);
    onPlace(text === "" ? null : { name: text, ...(near ?? NOWHERE) });
  }

  function take({ name, latitude, longitude }: FoundPlaceBody): void {
    setOpen(false);
    setActive(-1);
    onPlace({ name, latitude, longitude });
  }

  function onKeyDown(event: KeyboardEvent): void {
    const action = isListed ? listKey(event) : null;
    if (action === null || (action === "take" && active < 0)) return;
    if (action === "take") take(found[active]!);
    else if (action === "close") setOpen(false);
    else setActive(((active + 1 + action + found.length + 1) % (found.length + 1)) - 1);
    event.preventDefault();
    event.stopPropagation(); // Escape closes the list, not the dialog around it
  }

  return (
    <Field
      label={t("Place")}
      value={name}
      onValue={type}
      maxLength={MAX_PLACE_NAME}
      error={error}
      hint={near ? t("People will see about where the photo was taken.") : undefined}
      input={{
        ref: box,
        role: "combobox",
        autocomplete: "off",
        "aria-autocomplete": "list",
        "aria-expanded": isListed,
        "aria-controls": `${id}-list`,
        ...(isListed && active >= 0 && { "aria-activedescendant": `${id}-${active}` }),
        onFocus: () => setOpen(true),
        onBlur: () => onceLetGo(() => setOpen(false)),
        onKeyDown,
      }}
    >
      <div
        class="mention-list"
        id={`${id}-list`}
        role="listbox"
        aria-label={t("Places")}
        hidden={!isListed}
      >
        {found.map((other, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, see aria-activedescendant
          // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field takes it
          <div
            key={other.name}
            id={`${id}-${index}`}
            class={index === active ? "suggestion suggestion-active" : "suggestion"}
            role="option"
            aria-selected={index === active}
            onPointerDown={(event) => event.preventDefault() /* the field keeps the focus */}
            onClick={() => take(other)}
          >
            <MoreIcon name="place" />
            <bdi class="suggestion-text">{other.name}</bdi>
            {other.used_before && <span class="handle">{t("Used before")}</span>}
          </div>
        ))}
      </div>
      {photoPoint && !usesPhoto && name === "" && (
        <button
          type="button"
          class="button button-small"
          onClick={() => {
            setUsesPhoto(true);
            box.current!.focus();
          }}
        >
          {t("Use the photo's location")}
        </button>
      )}
      <span class="visually-hidden" role="status">
        {isListed ? counted(found.length, "{count} place", "{count} places") : ""}
      </span>
    </Field>
  );
}

const NOWHERE = { latitude: null, longitude: null };

function rounded({ latitude, longitude }: Point): Point {
  return {
    latitude: Number(latitude.toFixed(DIGITS)),
    longitude: Number(longitude.toFixed(DIGITS)),
  };
}

const NONE: readonly FoundPlaceBody[] = [];

/** The places that may be meant; none while `text` is null. */
function usePlaces(text: string | null, near: Point | null): readonly FoundPlaceBody[] {
  const [found, setFound] = useState(NONE);
  const point = near && `${near.latitude},${near.longitude}`;
  useEffect(() => {
    if (text === null) {
      setFound(NONE);
      return undefined;
    }
    const stop = new AbortController();
    const q = text.trim();
    const query = { ...(q !== "" && { q }), ...(point && { near: point }) };
    const timer = setTimeout(() => {
      call("get", "/places", { query, signal: stop.signal }).then(
        ({ items }) => setFound(items.slice(0, MOST)),
        (error: unknown) => {
          if (stop.signal.aborted) return;
          if (!(error instanceof Failure)) throw error;
          setFound(NONE); // a name can be typed to its end without help
        },
      );
    }, SUGGEST_AFTER_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, point]);
  return found;
}
