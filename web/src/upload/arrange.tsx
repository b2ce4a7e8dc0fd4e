import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../components/icons.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { t } from "../language.ts";
import { clock, fileSize } from "../text.ts";
import { cropping } from "./crop-item.tsx";
import { canBeCropped } from "./cropped.ts";
import { move, remove } from "./draft.ts";
import type { Item } from "./item.ts";
import { Order } from "./order.tsx";
import { Sent } from "./sent.tsx";
import { Shown } from "./shown.tsx";

interface Props {
  /** One at least. */
  items: readonly Item[];
  /** What adds more of them. */
  children: ComponentChildren;
}

/** What one posts, to swipe through, and below it all files in their order, to be dragged into another. */
export function Arrange({ items, children }: Props) {
  const slides = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState(0);
  const [says, setSays] = useState("");
  const count = items.length;
  const index = Math.min(chosen, count - 1);
  const item = items[index]!;
  const { name } = item;

  function go(to: number): void {
    const target = Math.max(0, Math.min(count - 1, to));
    setChosen(target);
    const list = slides.current!;
    const direction = document.documentElement.dir === "rtl" ? -1 : 1;
    list.scrollTo({ left: direction * target * list.clientWidth, behavior: "instant" });
  }

  function moveTo(id: string, to: number): void {
    if (to < 0 || to >= count) return;
    const moved = items.find((other) => other.id === id);
    move(id, to);
    requestAnimationFrame(() => go(to)); // once it is there
    if (moved)
      setSays(
        t("{name} is number {number} of {count}", { name: moved.name, number: to + 1, count }),
      );
  }

  // What was chosen stays in view when others are added or removed.
  useEffect(() => go(index), [count]);

  return (
    <div class="arrange">
      <div
        class="slides compose-slides"
        ref={slides}
        role="group"
        aria-label={t("Preview, {number} of {count}", { number: index + 1, count })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be scrolled by keys, too
        tabIndex={0}
        onScroll={({ currentTarget: { scrollLeft, clientWidth } }) =>
          setChosen(Math.round(Math.abs(scrollLeft) / Math.max(1, clientWidth)))
        }
      >
        {items.map((each) => (
          <div key={each.id} class="slide compose-slide">
            <Shown item={each} />
            <Sent item={each} />
          </div>
        ))}
      </div>
      <div class="arrange-bar">
        <p class="item-name">
          <bdi>{name}</bdi> <span class="item-size">{facts(item)}</span>
        </p>
        {count > 1 && (
          <>
            <button
              type="button"
              class="icon-button"
              aria-label={t("Move {name} forward", { name })}
              aria-disabled={index === 0}
              onClick={() => moveTo(item.id, index - 1)}
            >
              <Icon name="left" />
            </button>
            <button
              type="button"
              class="icon-button"
              aria-label={t("Move {name} back", { name })}
              aria-disabled={index === count - 1}
              onClick={() => moveTo(item.id, index + 1)}
            >
              <Icon name="right" />
            </button>
          </>
        )}
        {canBeCropped(item) && (
          <button
            type="button"
            class="icon-button"
            aria-label={t("Crop {name}", { name })}
            onClick={() => cropping.set(item.id)}
          >
            <MoreIcon name="crop" />
          </button>
        )}
        <button
          type="button"
          class="icon-button"
          aria-label={t("Remove {name}", { name })}
          onClick={() => remove(item)}
        >
          <Icon name="close" />
        </button>
      </div>
      <div class="strip">
        <Order
          label={t("Files of this post")}
          items={items}
          index={index}
          nameOf={(each) => each.name}
          shown={(each) => <Shown item={each} isSmall />}
          onChoose={go}
          onMove={moveTo}
        />
        {children}
      </div>
      <p class="visually-hidden" role="status">
        {says}
      </p>
    </div>
  );
}

function facts({ file, video }: Item): string {
  if (file === null) return "";
  return video ? `${fileSize(file.size)}, ${clock(video.durationMs)}` : fileSize(file.size);
}
