/** Fingers, mouse and wheel on the viewer's stage: what they make of the picture's view. */
import {
  bounded,
  FIT,
  fitted,
  largest,
  type Point,
  panned,
  pinched,
  type Size,
  type Swipe,
  swipeOf,
  type View,
  zoomed,
} from "./geometry.ts";

/** Two taps this close to each other in time and place are a double tap. */
const DOUBLE_MS = 300;
const DOUBLE_PX = 30;
/** Moved less than this, a finger has only touched. */
const STILL_PX = 10;
const DOUBLE_TAP_SCALE = 2.5;
const WHEEL_STEP = 0.002;
/** The browser tells the pinch of a touchpad as a wheel with the control key, in smaller steps. */
const PINCH_STEP = 0.01;
/** What the browser's own controls take at the lower edge of a video. */
const CONTROLS_PX = 96;

interface Told {
  /** How many times the picture is enlarged now. */
  scale: (scale: number) => void;
  swipe: (swipe: Exclude<Swipe, null>) => void;
}

interface Touch {
  readonly at: Point;
  readonly time: number;
}

export class Gestures {
  readonly #stage: HTMLElement;
  /** What is moved and enlarged: as large as the stage. */
  readonly #moved: HTMLElement;
  /** In its own pixels; null for what is not enlarged, such as a video. */
  readonly #picture: Size | null;
  readonly #told: Told;
  readonly #fingers = new Map<number, Point>();
  readonly #ended = new AbortController();
  #view = FIT;
  #began: Touch | null = null;
  #lastTap: Touch | null = null;

  constructor(stage: HTMLElement, moved: HTMLElement, picture: Size | null, told: Told) {
    this.#stage = stage;
    this.#moved = moved;
    this.#picture = picture;
    this.#told = told;
    const { signal } = this.#ended;
    stage.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    stage.addEventListener("pointermove", (event) => this.#move(event), { signal });
    stage.addEventListener("pointerup", (event) => this.#up(event, true), { signal });
    stage.addEventListener("pointercancel", (event) => this.#up(event, false), { signal });
    stage.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    const watcher = new ResizeObserver(() => this.#show(this.#view));
    watcher.observe(stage);
    signal.addEventListener("abort", () => watcher.disconnect());
  }

  stop(): void {
    this.#ended.abort();
  }

  /** Enlarges the picture `by` times, around its middle unless another point is given. */
  zoom(by: number, at: Point = FIT): void {
    if (this.#picture !== null) this.#show(zoomed(this.#view, by, at));
  }

  /** Enlarges a picture that fits, and makes another one fit. */
  toggle(at: Point = FIT): void {
    if (this.#view.scale > 1) this.#show(FIT);
    else this.zoom(DOUBLE_TAP_SCALE, at);
  }

  /** Moves an enlarged picture. */
  pan(by: Point): void {
    this.#show(panned(this.#view, by));
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0 || this.#isForOthers(event)) return;
    const at = this.#pointOf(event);
    this.#stage.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, at);
    this.#began = this.#fingers.size === 1 ? { at, time: event.timeStamp } : null; // two never swipe
  }

  #move(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId);
    if (before === undefined) return;
    const now = this.#pointOf(event);
    const others = [...this.#fingers].filter(([id]) => id !== event.pointerId);
    this.#fingers.set(event.pointerId, now);
    const [other] = others;
    if (other !== undefined) {
      if (this.#picture !== null)
        this.#show(pinched(this.#view, [before, other[1]], [now, other[1]]));
    } else if (this.#view.scale > 1) {
      this.pan({ x: now.x - before.x, y: now.y - before.y });
    } else if (this.#began !== null) {
      this.#place(panned(FIT, movedFrom(this.#began.at, now)));
    }
  }

  #up(event: PointerEvent, isWanted: boolean): void {
    if (!this.#fingers.delete(event.pointerId) || this.#fingers.size > 0) return;
    const began = this.#began;
    this.#began = null;
    if (this.#view.scale === 1) this.#place(FIT);
    if (began === null || !isWanted) return;
    const at = this.#pointOf(event);
    const by = movedFrom(began.at, at);
    if (Math.hypot(by.x, by.y) < STILL_PX) {
      this.#tap({ at, time: event.timeStamp });
    } else if (this.#view.scale === 1) {
      const isRightToLeft = getComputedStyle(this.#stage).direction === "rtl";
      const swipe = swipeOf(by, event.timeStamp - began.time, isRightToLeft);
      if (swipe !== null) this.#told.swipe(swipe);
    }
  }

  #tap(tap: Touch): void {
    const last = this.#lastTap;
    this.#lastTap = tap;
    if (last === null || tap.time - last.time > DOUBLE_MS) return;
    const { x, y } = movedFrom(last.at, tap.at);
    if (Math.hypot(x, y) > DOUBLE_PX) return;
    this.#lastTap = null;
    this.toggle(tap.at);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault(); // or the page behind it scrolls, or is enlarged
    const step = event.ctrlKey ? PINCH_STEP : WHEEL_STEP;
    this.zoom(Math.exp(-event.deltaY * step), this.#pointOf(event));
  }

  /** Buttons and a video's controls keep what is done to them. */
  #isForOthers({ target, clientY }: PointerEvent): boolean {
    const element = target as Element;
    if (element.closest("a, button") !== null) return true;
    const { bottom } = this.#stage.getBoundingClientRect();
    return element.matches("video") && clientY > bottom - CONTROLS_PX;
  }

  /** A place in the window, from the middle of the stage. */
  #pointOf({ clientX, clientY }: MouseEvent): Point {
    const { left, top, width, height } = this.#stage.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  #show(wanted: View): void {
    const picture = this.#picture;
    if (picture === null) return;
    const { clientWidth: width, clientHeight: height } = this.#stage;
    const shown = fitted(picture, { width, height });
    const most = largest(picture, shown, devicePixelRatio);
    this.#view = bounded(wanted, shown, { width, height }, most);
    this.#place(this.#view);
    this.#told.scale(this.#view.scale);
  }

  #place({ x, y, scale }: View): void {
    this.#moved.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
  }
}

function movedFrom(from: Point, to: Point): Point {
  return { x: to.x - from.x, y: to.y - from.y };
}
