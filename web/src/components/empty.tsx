import type { ComponentChildren } from "preact";
import { openCompose } from "../compose.ts";
import { t } from "../language.ts";
import { PATHS as FIRST_ICONS } from "./icons.tsx";
import { PATHS as MORE_ICONS } from "./more-icons.tsx";

/** Where to go on, from where there is nothing. */
const WAYS = {
  explore: ["/explore", t("Explore")],
  home: ["/", t("Go home")],
  settings: ["/settings", t("Settings")],
} as const;

const ICONS = { ...FIRST_ICONS, ...MORE_ICONS };

interface Props {
  title: string;
  /** What its picture is about. */
  drawing?: keyof typeof ICONS;
  /** The next step; `children` may have others. */
  next?: keyof typeof WAYS | "post";
  children?: ComponentChildren;
}

/** Nothing here: a picture, and what to do about it. */
export function Empty({ title, drawing = "image", next, children }: Props) {
  return (
    <div class="empty">
      <Drawing of={drawing} />
      <h2>{title}</h2>
      {children}
      {next && <Next way={next} />}
    </div>
  );
}

function Next({ way }: { way: NonNullable<Props["next"]> }) {
  if (way === "post") {
    return (
      <button type="button" class="button button-primary" onClick={openCompose}>
        {t("Post a photo")}
      </button>
    );
  }
  const [href, name] = WAYS[way];
  return (
    <a class="button button-primary" href={href}>
      {name}
    </a>
  );
}

/** Two photos on a table, and a sign of what they are about. Decoration: the heading says it. */
export function Drawing({ of }: { of: keyof typeof ICONS }) {
  return (
    <svg class="drawing" viewBox="0 0 160 120" aria-hidden="true" focusable="false">
      <ellipse class="drawing-ground" cx="80" cy="68" rx="76" ry="48" />
      <rect
        class="drawing-card"
        x="34"
        y="24"
        width="64"
        height="64"
        rx="8"
        transform="rotate(-9 66 56)"
      />
      <g transform="rotate(5 92 58)">
        <rect class="drawing-card" x="56" y="22" width="70" height="70" rx="8" />
        <path class="drawing-hills" d="M62 78 78 56l12 15 8-9 22 23H62z" />
        <circle class="drawing-sun" cx="108" cy="40" r="7" />
      </g>
      <circle class="drawing-sign" cx="122" cy="88" r="24" />
      <path class="drawing-icon" d={ICONS[of]} transform="translate(107 73) scale(1.25)" />
    </svg>
  );
}
