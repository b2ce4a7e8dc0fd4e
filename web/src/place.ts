/** Where a post was made, as somebody types it. */
import type { PlaceBody } from "./api.ts";

export interface PlaceText {
  readonly name: string;
  readonly latitude: string;
  readonly longitude: string;
}

export const NO_PLACE: PlaceText = { name: "", latitude: "", longitude: "" };

export function placeText(place: PlaceBody | null): PlaceText {
  if (place === null) return NO_PLACE;
  return { name: place.name, latitude: String(place.latitude), longitude: String(place.longitude) };
}

/** The place, null where nothing is typed; or what is wrong with it. */
export function parsePlace(text: PlaceText): PlaceBody | null | string {
  const name = text.name.trim();
  const [latitude, longitude] = [degrees(text.latitude), degrees(text.longitude)];
  if (name === "" && latitude === undefined && longitude === undefined) return null;
  if (name === "") return "Give the place a name, or clear its coordinates.";
  const isOnEarth = Math.abs(latitude ?? NaN) <= 90 && Math.abs(longitude ?? NaN) <= 180;
  if (!isOnEarth)
    return "The place needs a latitude from -90 to 90 and a longitude from -180 to 180.";
  return { name, latitude: latitude!, longitude: longitude! };
}

/** NaN if it is no number, undefined if nothing is typed. */
function degrees(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}
