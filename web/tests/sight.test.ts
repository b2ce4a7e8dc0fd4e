import assert from "node:assert/strict";
import { test } from "node:test";
import { watchSight } from "../src/sight.ts";

const entry = (isIntersecting: boolean) => ({ isIntersecting }) as IntersectionObserverEntry;

/** Stands in for the browser's: it tells when the test says so. */
class Observer {
  static made: Observer[] = [];
  readonly observed: unknown[] = [];
  isOver = false;
  readonly tell: (entries: IntersectionObserverEntry[]) => void;

  constructor(tell: (entries: IntersectionObserverEntry[]) => void) {
    this.tell = tell;
    Observer.made.push(this);
  }

  observe(element: unknown): void {
    this.observed.push(element);
  }

  disconnect(): void {
    this.isOver = true;
  }
}

test("of several changes that are told at once the last one counts", (context) => {
  const before = globalThis.IntersectionObserver;
  globalThis.IntersectionObserver = Observer as unknown as typeof IntersectionObserver;
  context.after(() => {
    globalThis.IntersectionObserver = before;
  });
  const element = {} as Element;
  const told: boolean[] = [];
  const end = watchSight(element, {}, (now) => told.push(now.isIntersecting));

  const [observer] = Observer.made;
  assert.deepEqual(observer!.observed, [element]);
  observer!.tell([entry(false), entry(true)]);
  observer!.tell([entry(true), entry(false)]);
  assert.deepEqual(told, [true, false]);
  end();
  assert.ok(observer!.isOver);
});
