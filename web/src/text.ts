/** From data to words: what people read, as their language and country have it. */
import { count, locale as own } from "./language.ts";

export { count };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, as short as can be: "5 min", "3 hr", "2 days", then the date. */
export function ago(time: string, now: number = Date.now(), locale: string = own): string {
  const date = new Date(time);
  const passed = now - date.getTime();
  if (passed < MINUTE)
    return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(0, "second");
  if (passed < HOUR) return inUnits(Math.floor(passed / MINUTE), "minute", locale);
  if (passed < DAY) return inUnits(Math.floor(passed / HOUR), "hour", locale);
  if (passed < 7 * DAY) return inUnits(Math.floor(passed / DAY), "day", locale);
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString(locale, {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  });
}

export function fullDate(time: string, locale: string = own): string {
  return new Date(time).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });
}

export function day(time: string, locale: string = own): string {
  return new Date(time).toLocaleDateString(locale, { dateStyle: "long" });
}

/** Sizes as file managers count them: "900 bytes", "5.4 MB". */
export function fileSize(bytes: number, locale: string = own): string {
  if (bytes < 1024) return inUnits(bytes, "byte", locale, "long");
  if (bytes < 1024 * 1024) return inUnits(bytes / 1024, "kilobyte", locale);
  const megabytes = bytes / (1024 * 1024);
  return inUnits(megabytes, "megabyte", locale, "short", megabytes < 10 ? 1 : 0);
}

/** A length of time as players show it: "0:07", "2:45". */
export function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A number with its unit, such as "5 min" or "5.4 MB". */
export function inUnits(
  number: number,
  unit: string,
  locale: string = own,
  unitDisplay: "short" | "long" = "short",
  maximumFractionDigits = 0,
): string {
  const format = { style: "unit", unit, unitDisplay, maximumFractionDigits } as const;
  return new Intl.NumberFormat(locale, format).format(number);
}
