/**
 * Where an enlarged picture is. All lengths are in CSS pixels, and all points are measured from the middle
 * of the stage, so that a picture that fits has the view `FIT` whatever its size.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How many times a picture is larger than when it fits, and where its middle is. */
export interface View extends Point {
  readonly scale: number;
}

export const FIT: View = { scale: 1, x: 0, y: 0 };

/** However small a picture is, it can be enlarged so far. */
const LEAST_MOST = 3;
/** Beyond one pixel of the screen for each of its own, a picture shows nothing new; a little helps to see it. */
const BEYOND = 2;

/** The size of a picture that is shown whole, as large as the stage allows. */
export function fitted(picture: Size, stage: Size): Size {
  const by = Math.min(stage.width / picture.width, stage.height / picture.height);
  return { width: picture.width * by, height: picture.height * by };
}

/** The largest scale: `picture` is in its own pixels, `density` is that of the screen. */
export function largest(picture: Size, shown: Size, density: number): number {
  return Math.max(LEAST_MOST, (BEYOND * picture.width) / (shown.width * density));
}

/** The view with a scale between 1 and `most`, and no gap at an edge at which the picture could be. */
export function bounded(view: View, shown: Size, stage: Size, most: number): View {
  const scale = clamp(view.scale, 1, most);
  return {
    scale,
    x: within(view.x, shown.width * scale - stage.width),
    y: within(view.y, shown.height * scale - stage.height),
  };
}

/** Enlarged `by` times; what is at the point stays there. */
export function zoomed(view: View, by: number, at: Point): View {
  return {
    scale: view.scale * by,
    x: at.x - (at.x - view.x) * by,
    y: at.y - (at.y - view.y) * by,
  };
}

export function panned(view: View, by: Point): View {
  return { scale: view.scale, x: view.x + by.x, y: view.y + by.y };
}

/** What two fingers make of the view by moving from two points to two others. */
export function pinched(
  view: View,
  from: readonly [Point, Point],
  to: readonly [Point, Point],
): View {
  const [before, after] = [middle(...from), middle(...to)];
  const by = distance(...to) / Math.max(1, distance(...from));
  return zoomed(panned(view, { x: after.x - before.x, y: after.y - before.y }), by, after);
}

/** What a finger that has let go of a picture that fits wants. */
export type Swipe = "next" | "previous" | "close" | null;

const FAR_PX = 60;
const DOWN_PX = 110;
/** A flick may be shorter: pixels per millisecond. */
const FAST = 0.5;
const FLICK_PX = 20;

/** `isRightToLeft`: the next picture is to the left of this one. */
export function swipeOf(moved: Point, milliseconds: number, isRightToLeft: boolean): Swipe {
  const [across, along] = [Math.abs(moved.x), Math.abs(moved.y)];
  const speed = Math.max(across, along) / Math.max(1, milliseconds);
  const isFlick = speed > FAST && Math.max(across, along) > FLICK_PX;
  if (along > across) return moved.y > 0 && (moved.y > DOWN_PX || isFlick) ? "close" : null;
  if (across < FAR_PX && !isFlick) return null;
  return moved.x < 0 === !isRightToLeft ? "next" : "previous";
}

function within(offset: number, over: number): number {
  const most = Math.max(0, over / 2);
  return clamp(offset, -most, most);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value)) + 0; // no minus zero
}

function middle(one: Point, other: Point): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
