import { MAX_PLACE_NAME } from "../../build/limits.ts";
import type { PlaceBody } from "../api.ts";
import { t } from "../language.ts";
import { Field } from "./field.tsx";

interface Props {
  /** Null for none. */
  place: PlaceBody | null;
  onPlace: (place: PlaceBody | null) => void;
  error?: string | null;
}

/** Where a post was made: a name is enough. */
export function PlaceField({ place, onPlace, error }: Props) {
  return (
    <Field
      label={t("Place")}
      value={place?.name ?? ""}
      onValue={(name) => onPlace(name === "" ? null : { name, latitude: null, longitude: null })}
      maxLength={MAX_PLACE_NAME}
      error={error}
    />
  );
}
