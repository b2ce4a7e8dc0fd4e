/** People at points of a picture. */

/** `x` and `y` are shares of a picture's width and height, from the top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Placed extends Point {
  readonly handle: string;
}

export const MIDDLE: Point = { x: 0.5, y: 0.5 };

/** How far an arrow key moves somebody, as a share of the picture. */
const STEP = 0.05;
export const STEPS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -STEP, y: 0 },
  ArrowRight: { x: STEP, y: 0 },
  ArrowUp: { x: 0, y: -STEP },
  ArrowDown: { x: 0, y: STEP },
};

/** A handle as it was typed, without its @ and in small letters. */
export function bareHandle(typed: string): string {
  return typed.trim().replace(/^@/, "").toLowerCase();
}

export function moved({ x, y }: Point, by: Point): Point {
  return { x: within(x + by.x), y: within(y + by.y) };
}

/** The point of a picture's box that is pressed. */
export function pointIn(
  box: Pick<DOMRect, "left" | "top" | "width" | "height">,
  clientX: number,
  clientY: number,
): Point {
  return {
    x: within((clientX - box.left) / box.width),
    y: within((clientY - box.top) / box.height),
  };
}

function within(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000;
}
