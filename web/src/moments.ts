/** Moments in fields of date and time, which have neither a time zone nor seconds: the reader's own zone counts. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The API takes a minute; whoever chooses takes another one to press the button. */
const LEAST_AHEAD = 2 * MINUTE;
const MOST_AHEAD = 75 * 24 * HOUR;

/** The value of a field of date and time for a moment. */
export function toField(moment: Date): string {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * MINUTE);
  return local.toISOString().slice(0, 16);
}

/** The moment in such a field as the API takes it; null if nothing whole was typed. */
export function fromField(text: string): string | null {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

/** The first and the last minute at which a post may be published that is scheduled now. */
export function schedulable(now: number = Date.now()): { min: string; max: string } {
  const first = Math.ceil((now + LEAST_AHEAD) / MINUTE) * MINUTE;
  return { min: toField(new Date(first)), max: toField(new Date(now + MOST_AHEAD)) };
}

/** A time to begin with: the next full hour but one. */
export function suggested(now: number = Date.now()): string {
  return toField(new Date((Math.ceil(now / HOUR) + 1) * HOUR));
}
