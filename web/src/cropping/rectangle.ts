/** The part of a picture that is shown, and what becomes of it when it is dragged. */

/** All four are shares of the picture's width and height, from the top left. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which edges are dragged: -1 for the left or upper one, 1 for the other, 0 for neither. */
export interface Grip {
  readonly x: -1 | 0 | 1;
  readonly y: -1 | 0 | 1;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export const WHOLE: Rectangle = { x: 0, y: 0, width: 1, height: 1 };

/** As few pixels a side as the API accepts, and as small a share. */
const LEAST_PIXELS = 64;
const LEAST_SHARE = 0.01;
/** The API counts in as many parts of a picture's width and height. */
const UNITS = 10_000;

/** The least that may be left of a picture of this size in pixels. */
export function leastOf({ width, height }: Size): Size {
  const share = (pixels: number) => Math.min(1, Math.max(LEAST_SHARE, LEAST_PIXELS / pixels));
  return { width: share(width), height: share(height) };
}

export function moved(from: Rectangle, dx: number, dy: number): Rectangle {
  return {
    ...from,
    x: clamp(from.x + dx, 0, 1 - from.width),
    y: clamp(from.y + dy, 0, 1 - from.height),
  };
}

/**
 * With these edges dragged so far. `ratio` is the width in shares for a height of one; null leaves it
 * free.
 */
export function resized(
  from: Rectangle,
  grip: Grip,
  [dx, dy]: readonly [number, number],
  least: Size,
  ratio: number | null,
): Rectangle {
  if (ratio === null) {
    const [x, width] = side(from.x, from.width, grip.x, dx, least.width);
    const [y, height] = side(from.y, from.height, grip.y, dy, least.height);
    return { x, y, width, height };
  }
  const wanted = Math.max(
    grip.x === 0 ? 0 : from.width + grip.x * dx,
    grip.y === 0 ? 0 : (from.height + grip.y * dy) * ratio,
  );
  const most = Math.min(
    room(from.x, from.width, grip.x),
    room(from.y, from.height, grip.y) * ratio,
  );
  const width = clamp(wanted, Math.min(most, Math.max(least.width, least.height * ratio)), most);
  const height = width / ratio;
  return {
    x: from.x + kept(from.width - width, grip.x),
    y: from.y + kept(from.height - height, grip.y),
    width,
    height,
  };
}

/** As large as it can be with this ratio, around the same middle as far as possible. */
export function shaped(from: Rectangle, ratio: number): Rectangle {
  const width = Math.min(1, ratio);
  const height = Math.min(1, width / ratio);
  const x = from.x + (from.width - width) / 2;
  const y = from.y + (from.height - height) / 2;
  return moved({ x, y, width, height }, 0, 0);
}

/** What is under a pointer: which edges, or the whole if it is further inside; null outside. */
export function gripAt(
  { x, y, width, height }: Rectangle,
  at: readonly [number, number],
  reach: Size,
): Grip | null {
  const horizontal = nearest(x, width, at[0], reach.width);
  const vertical = nearest(y, height, at[1], reach.height);
  return horizontal === null || vertical === null ? null : { x: horizontal, y: vertical };
}

/** In the units of the API, so that it is the same when it comes back; null for all of it. */
export function cropOf({ x, y, width, height }: Rectangle): Rectangle | null {
  const [left, top] = [units(x), units(y)];
  const [wide, high] = [units(x + width) - left, units(y + height) - top];
  if (wide === UNITS && high === UNITS) return null;
  return { x: left / UNITS, y: top / UNITS, width: wide / UNITS, height: high / UNITS };
}

/** Where a point of the picture in one crop is in another; at its edge, if it is outside. */
export function pointWithin<P extends { readonly x: number; readonly y: number }>(
  point: P,
  before: Rectangle | null,
  after: Rectangle | null,
): P {
  const [from, to] = [before ?? WHOLE, after ?? WHOLE];
  return {
    ...point,
    x: clamp((from.x + point.x * from.width - to.x) / to.width, 0, 1),
    y: clamp((from.y + point.y * from.height - to.y) / to.height, 0, 1),
  };
}

function side(
  start: number,
  length: number,
  grip: number,
  by: number,
  least: number,
): [start: number, length: number] {
  const end = start + length;
  if (grip < 0) {
    const from = clamp(start + by, 0, end - least);
    return [from, end - from];
  }
  return [start, grip > 0 ? clamp(length + by, least, 1 - start) : length];
}

/** How long a side can get when this end of it is dragged, or both. */
function room(start: number, length: number, grip: number): number {
  const [before, behind] = [start + length, 1 - start];
  if (grip === 0) return 2 * Math.min(start + length / 2, 1 - start - length / 2);
  return grip < 0 ? before : behind;
}

/** How much of what a side loses is lost at its beginning. */
function kept(lost: number, grip: number): number {
  return grip < 0 ? lost : grip > 0 ? 0 : lost / 2;
}

function nearest(start: number, length: number, at: number, reach: number): -1 | 0 | 1 | null {
  const inside = Math.min(reach, length / 3);
  if (at < start - reach || at > start + length + reach) return null;
  if (at < start + inside) return -1;
  return at > start + length - inside ? 1 : 0;
}

const units = (share: number) => Math.round(share * UNITS);

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
