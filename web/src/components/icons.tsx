/** The line icons of the first screen on a 24 px grid. They are decoration: what they mean is said beside them. */
export const PATHS = {
  home: "M4 10.5 12 4l8 6.5V19a1.5 1.5 0 0 1-1.5 1.5H14v-6h-4v6H5.5A1.5 1.5 0 0 1 4 19z",
  explore: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM15.8 8.2l-2.1 5.5-5.5 2.1 2.1-5.5z",
  add: "M12 8v8M8 12h8M7.5 3.5h9a4 4 0 0 1 4 4v9a4 4 0 0 1-4 4h-9a4 4 0 0 1-4-4v-9a4 4 0 0 1 4-4z",
  activity:
    "M12 4a5.5 5.5 0 0 0-5.5 5.5c0 4.5-2 6-2 7h15c0-1-2-2.5-2-7A5.5 5.5 0 0 0 12 4zM10 19.5a2 2 0 0 0 4 0",
  person:
    "M12 12.2a4.1 4.1 0 1 0 0-8.2 4.1 4.1 0 0 0 0 8.2zM4.5 20.5c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  close: "M6 6l12 12M18 6 6 18",
  left: "M14.5 5.5 8 12l6.5 6.5",
  right: "M9.5 5.5 16 12l-6.5 6.5",
  hidden:
    "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM12 14.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM4.5 4.5l15 15",
} as const;

/** The app's sign, in the page itself: one request less than as a file. */
export function Logo({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#c2410c" />
      <g fill="none" stroke="#ffffff" stroke-linecap="round">
        <circle cx="16" cy="16" r="8.5" stroke-width="2.6" />
        <path d={BLADES} stroke-width="1.5" />
      </g>
    </svg>
  );
}

const BLADES =
  "M16 7.5 21 16M24.5 16H15M20.3 23.4 15.7 15.5M11.7 23.4 16.3 15.5M7.5 16H17M11.7 8.6 16.3 16.5";

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return <Lines name={name} path={PATHS[name]} width={name === "more" ? 3 : 1.8} />;
}

/** The drawing itself, for icons that come later than the first screen. */
export function Lines({ name, path, width = 1.8 }: { name: string; path: string; width?: number }) {
  return (
    <svg
      class={`icon icon-${name}`}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={width}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  );
}
