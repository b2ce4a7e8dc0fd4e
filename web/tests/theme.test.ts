/** Light and dark: chosen on this device, or as the device has it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const kept = new Map<string, string>();
const root = { dataset: {} as { theme?: string } };
const bars = [
  { media: "(prefers-color-scheme: light)", content: "#ffffff" },
  { media: "(prefers-color-scheme: dark)", content: "#121110" },
];
Object.assign(globalThis, {
  localStorage: {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  },
  document: { documentElement: root, querySelectorAll: () => bars },
});
const { chooseTheme, chosenTheme } = await import("../src/theme.ts");

const colours = () => bars.map(({ content }) => content);

test("a theme is shown and kept, until the device's own is chosen again", () => {
  assert.equal(chosenTheme(), null);
  chooseTheme("dark");
  assert.deepEqual([chosenTheme(), root.dataset.theme], ["dark", "dark"]);
  assert.deepEqual(colours(), ["#121110", "#121110"]);
  chooseTheme("light");
  assert.deepEqual([chosenTheme(), root.dataset.theme], ["light", "light"]);
  assert.deepEqual(colours(), ["#ffffff", "#ffffff"]);
  chooseTheme(null);
  assert.deepEqual([chosenTheme(), root.dataset.theme], [null, undefined]);
  assert.deepEqual(colours(), ["#ffffff", "#121110"]);
});

test("what is dark by choice has the colours of what is dark by itself", () => {
  const tokens = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8");
  const block = (selector: string) => {
    const [, after = ""] = tokens.split(`${selector} {`);
    return after.slice(0, after.indexOf("}")).match(/--[^;]+;/g);
  };
  const [byItself, chosen] = [':root:not([data-theme="light"])', ':root[data-theme="dark"]'].map(
    block,
  );
  assert.ok((byItself?.length ?? 0) > 10);
  assert.deepEqual(chosen, byItself);
});
