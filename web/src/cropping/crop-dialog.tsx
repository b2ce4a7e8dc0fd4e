import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Dialog } from "../components/dialog.tsx";
import { t } from "../language.ts";
import {
  cropOf,
  type Grip,
  gripAt,
  leastOf,
  moved,
  type Rectangle,
  resized,
  shaped,
  WHOLE,
} from "./rectangle.ts";

export interface CropDialogProps {
  name: string;
  /** All of the picture, in a form that the browser can show. */
  whole: Blob;
  crop: Rectangle | null;
  /** `picture` shows all of it. */
  onCrop: (crop: Rectangle | null, picture: HTMLImageElement) => void;
  onClose: () => void;
}

/** How near in pixels a finger has to be to an edge to take hold of it. */
const REACH_PX = 24;
/** How far an arrow key goes, as a share of the picture. */
const STEP = 0.02;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};
const SHAPES = ["free", "original", "1:1", "4:5", "16:9"] as const;
type Shape = (typeof SHAPES)[number];

interface Held {
  readonly grip: Grip;
  readonly from: Rectangle;
  readonly x: number;
  readonly y: number;
}

/** Chooses the part of a picture that is shown: dragged by its edges or as a whole, or by arrow keys. */
export function CropDialog({ name, whole, crop, onCrop, onClose }: CropDialogProps) {
  const [shown, setShown] = useState(crop ?? WHOLE);
  const [shape, setShape] = useState<Shape>("free");
  const [url, setUrl] = useState<string>();
  const [size, setSize] = useState({ width: 0, height: 0 });
  const picture = useRef<HTMLImageElement>(null);
  const held = useRef<Held | null>(null);
  const hint = useId();
  const isLoaded = size.width > 0;
  const ratio = shareRatio(shape, size);

  useEffect(() => {
    const made = URL.createObjectURL(whole);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [whole]);

  function choose(wanted: Shape): void {
    setShape(wanted);
    const wantedRatio = shareRatio(wanted, size);
    if (wantedRatio !== null) setShown(shaped(shown, wantedRatio));
  }

  function grab(event: PointerEvent): void {
    const box = picture.current!.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    const at = [(x - box.left) / box.width, (y - box.top) / box.height] as const;
    const reach = { width: REACH_PX / box.width, height: REACH_PX / box.height };
    const grip = gripAt(shown, at, reach);
    if (grip === null || event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    held.current = { grip, from: shown, x, y };
  }

  function drag({ clientX, clientY }: PointerEvent): void {
    if (held.current === null) return;
    const { grip, from, x, y } = held.current;
    const box = picture.current!.getBoundingClientRect();
    const by = [(clientX - x) / box.width, (clientY - y) / box.height] as const;
    setShown(
      grip.x === 0 && grip.y === 0
        ? moved(from, ...by)
        : resized(from, grip, by, leastOf(size), ratio),
    );
  }

  function press(event: KeyboardEvent): void {
    const by = KEYS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const grip: Grip = { x: by[0] === 0 ? 0 : 1, y: by[1] === 0 ? 0 : 1 };
    setShown(event.shiftKey ? resized(shown, grip, by, leastOf(size), ratio) : moved(shown, ...by));
  }

  return (
    <Dialog title={t("Crop {name}", { name })} class="dialog-compose" onClose={onClose}>
      <div class="dialog-body form">
        <div
          class="crop-area"
          onPointerDown={grab}
          onPointerMove={drag}
          onPointerUp={() => (held.current = null)}
          onPointerCancel={() => (held.current = null)}
        >
          <img
            ref={picture}
            src={url}
            alt=""
            draggable={false}
            onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
              setSize({ width, height })
            }
          />
          {isLoaded && (
            <div
              class="crop-frame"
              role="group"
              aria-label={t("The part that is shown")}
              aria-describedby={hint}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move it
              tabIndex={0}
              style={placeOf(shown)}
              onKeyDown={press}
            />
          )}
        </div>
        <p class="field-hint" id={hint}>
          {t("Drag the frame or its edges. Arrow keys move it, with Shift they resize it.")}
        </p>
        <div class="crop-shapes" role="radiogroup" aria-label={t("Shape")}>
          {SHAPES.map((each) => (
            <label key={each} class="crop-shape">
              <input
                class="visually-hidden"
                type="radio"
                name="shape"
                checked={each === shape}
                onChange={() => choose(each)}
              />
              {nameOf(each)}
            </label>
          ))}
        </div>
        <p class="field-hint" role="status">
          {isLoaded &&
            t("{width} × {height} pixels are shown. The original is kept.", {
              width: Math.round(shown.width * size.width),
              height: Math.round(shown.height * size.height),
            })}
        </p>
      </div>
      <div class="dialog-actions">
        <button
          type="button"
          class="button"
          onClick={() => {
            setShape("free");
            setShown(WHOLE);
          }}
        >
          {t("Reset")}
        </button>
        <button
          type="button"
          class="button button-primary"
          disabled={!isLoaded}
          onClick={() => {
            onCrop(cropOf(shown), picture.current!);
            onClose();
          }}
        >
          {t("Done")}
        </button>
      </div>
    </Dialog>
  );
}

/** The width in shares of a picture for a height of one; null for any. */
function shareRatio(shape: Shape, { width, height }: { width: number; height: number }) {
  if (shape === "free") return null;
  if (shape === "original") return 1;
  const [wide, high] = shape.split(":").map(Number) as [number, number];
  return ((wide / high) * height) / width;
}

function nameOf(shape: Shape): string {
  if (shape === "free") return t("Any shape");
  if (shape === "original") return t("Like the original");
  return shape === "1:1" ? t("Square") : shape;
}

function placeOf({ x, y, width, height }: Rectangle): JSX.CSSProperties {
  return {
    left: `${100 * x}%`,
    top: `${100 * y}%`,
    width: `${100 * width}%`,
    height: `${100 * height}%`,
  };
}
