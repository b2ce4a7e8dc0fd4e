import { useRef, useState } from "preact/hooks";
import { MAX_ALT_TEXT } from "../../build/limits.ts";
import { Field } from "../components/field.tsx";
import { Icon } from "../components/icons.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { NamePeople } from "../components/name-people.tsx";
import { clock, fileSize } from "../text.ts";
import { changeItem, type Item, move, remove } from "./draft.ts";
import { isVideo } from "./sniff.ts";
import { Unfinished } from "./unfinished.tsx";

interface ItemProps {
  item: Item;
  index: number;
  count: number;
  /** Hears where it is now, in words. */
  onMoved: (where: string) => void;
  /** What is wrong with whom is named in it. */
  peopleError: string | null;
}

/** A file of the draft: its description, its place among the others, what keeps it from being posted. */
export function ItemRow({ item, index, count, onMoved, peopleError }: ItemProps) {
  const row = useRef<HTMLLIElement>(null);
  const [isHeld, setHeld] = useState(false);
  const name = item.file.name;

  function moveTo(to: number, button: HTMLButtonElement): void {
    if (to < 0 || to >= count) return;
    move(item.id, to);
    onMoved(`${name} is number ${to + 1} of ${count}`);
    requestAnimationFrame(() => button.focus()); // the row was taken out and put in again
  }

  return (
    <li
      ref={row}
      class={isHeld ? "item item-held" : "item"}
      onDragOver={(event) => {
        if (held === null || held === item.id) return;
        event.preventDefault();
        move(held, index);
      }}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: by keyboard, the buttons move it */}
      <div
        class="item-thumb"
        draggable={count > 1}
        onDragStart={(event) => {
          held = item.id;
          setHeld(true);
          event.dataTransfer?.setDragImage(row.current!, 20, 20);
        }}
        onDragEnd={() => {
          held = null;
          setHeld(false);
        }}
      >
        <Preview item={item} />
      </div>
      <div class="item-text">
        <p class="item-name">
          {name} <span class="item-size">{facts(item)}</span>
        </p>
        {item.problem ? (
          <p class="field-error" role="alert">
            {item.problem}
          </p>
        ) : (
          <Field
            label={`Description of ${name}`}
            rows={1}
            value={item.altText}
            onValue={(altText) => changeItem(item.id, { altText })}
            maxLength={MAX_ALT_TEXT}
          />
        )}
        {item.unfinished && <Unfinished item={item} upload={item.unfinished} />}
      </div>
      <div class="item-buttons">
        <button
          type="button"
          class="icon-button"
          aria-label={`Remove ${name}`}
          onClick={() => remove(item)}
        >
          <Icon name="close" />
        </button>
        {count > 1 && (
          <>
            <button
              type="button"
              class="icon-button"
              aria-label={`Move ${name} up`}
              aria-disabled={index === 0}
              onClick={(event) => moveTo(index - 1, event.currentTarget)}
            >
              <Icon name="up" />
            </button>
            <button
              type="button"
              class="icon-button"
              aria-label={`Move ${name} down`}
              aria-disabled={index === count - 1}
              onClick={(event) => moveTo(index + 1, event.currentTarget)}
            >
              <span class="turned">
                <Icon name="up" />
              </span>
            </button>
          </>
        )}
      </div>
      {item.problem === null && item.type !== null && !isVideo(item.type) && (
        <NamePeople
          what={name}
          people={item.people}
          onPeople={(people) => changeItem(item.id, { people })}
          error={peopleError}
        >
          <Preview item={item} class="people-whole" />
        </NamePeople>
      )}
    </li>
  );
}

/** The item that is being dragged. */
let held: number | null = null;

function facts({ file, video }: Item): string {
  return video ? `${fileSize(file.size)}, ${clock(video.durationMs)}` : fileSize(file.size);
}

/** The file itself, or, where the browser cannot show it, a tile that says so. */
function Preview({ item, class: extra = "" }: { item: Item; class?: string }) {
  const [cannotShow, setCannotShow] = useState(false);
  const { preview, type, problem } = item;
  if (problem !== null)
    return (
      <span class="item-tile">
        <MoreIcon name="warning" />
      </span>
    );
  if (preview === null || type === null) return <span class="item-tile skeleton" />;
  if (cannotShow) {
    return (
      <span class="item-tile">
        {TYPE_NAMES[type] ?? "This file"}: it can be posted, but not shown here
      </span>
    );
  }
  if (isVideo(type)) {
    return (
      <video
        src={`${preview}#t=0.1`}
        muted
        playsInline
        preload="metadata"
        aria-label="Preview"
        onError={() => setCannotShow(true)}
      />
    );
  }
  return (
    <img class={extra} src={preview} alt="" draggable={false} onError={() => setCannotShow(true)} />
  );
}

const TYPE_NAMES: Record<string, string> = {
  "image/heic": "HEIC",
  "image/heif": "HEIF",
  "image/avif": "AVIF",
  "video/quicktime": "MOV",
  "video/mp4": "MP4",
};
