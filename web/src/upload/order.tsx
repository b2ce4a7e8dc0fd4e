import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";

/** Pixels that a finger or mouse moves before it drags. */
const DRAG_PX = 8;

interface Props<T> {
  label: string;
  items: readonly T[];
  /** Of the one that is chosen. */
  index: number;
  nameOf: (item: T, index: number) => string;
  shown: (item: T) => ComponentChildren;
  onChoose: (index: number) => void;
  onMove: (id: string, to: number) => void;
}

/** All files, small. Arrow keys go from one to the next, with Alt they take it along. */
export function Order<T extends { readonly id: string }>(props: Props<T>) {
  const { label, items, index, nameOf, shown, onChoose, onMove } = props;
  const list = useRef<HTMLOListElement>(null);
  const pressed = useRef<{ id: string; x: number; y: number } | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);

  function onPointerMove({ clientX: x, clientY: y, pointerId }: PointerEvent): void {
    const from = pressed.current;
    if (from === null) return;
    if (dragged === null) {
      if (Math.hypot(x - from.x, y - from.y) < DRAG_PX) return;
      list.current!.setPointerCapture(pointerId);
      setDragged(from.id);
    }
    const over = [...list.current!.children].findIndex((thumb) => {
      const box = thumb.getBoundingClientRect();
      return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    });
    if (over >= 0 && items[over]!.id !== from.id) onMove(from.id, over);
  }

  function letGo(): void {
    pressed.current = null;
    setDragged(null);
  }

  function onKeyDown(event: KeyboardEvent, at: number): void {
    const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const to = at + (event.key === forward ? 1 : -1);
    const thumb = list.current!.children[event.altKey ? at : to]?.querySelector("button");
    if (event.altKey) onMove(items[at]!.id, to);
    else if (thumb) onChoose(to);
    requestAnimationFrame(() => thumb?.focus()); // what was moved was taken out and put in again
  }

  return (
    <ol
      ref={list}
      class="thumbs"
      aria-label={label}
      onPointerMove={onPointerMove}
      onPointerUp={letGo}
      onPointerCancel={letGo}
    >
      {items.map((item, at) => (
        <li key={item.id} class={item.id === dragged ? "thumb thumb-held" : "thumb"}>
          <button
            type="button"
            class="thumb-button"
            aria-current={at === index}
            aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight"
            onClick={() => onChoose(at)}
            onKeyDown={(event) => onKeyDown(event, at)}
            onPointerDown={({ button, clientX: x, clientY: y }) => {
              if (button === 0) pressed.current = { id: item.id, x, y };
            }}
          >
            <span class="visually-hidden">{nameOf(item, at)}</span>
            {shown(item)}
          </button>
        </li>
      ))}
    </ol>
  );
}
