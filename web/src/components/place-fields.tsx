import { useState } from "preact/hooks";
import { MAX_PLACE_NAME } from "../../build/limits.ts";
import type { PlaceText } from "../place.ts";
import { Field } from "./field.tsx";
import { MoreIcon } from "./more-icons.tsx";

interface Props {
  place: PlaceText;
  onPlace: (changed: Partial<PlaceText>) => void;
  error: string | null;
}

/** A place's name and coordinates, folded away until there is one. */
export function PlaceFields({ place: { name, latitude, longitude }, onPlace, error }: Props) {
  const [isOpen] = useState(name !== "");
  const [note, setNote] = useState<string | null>(null);

  function locate(): void {
    setNote("Asking for your location…");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setNote(null);
        onPlace({ latitude: coords.latitude.toFixed(5), longitude: coords.longitude.toFixed(5) });
      },
      () => setNote("Your location is not known, or your browser does not share it."),
      { timeout: 15_000, maximumAge: 60_000 },
    );
  }

  return (
    <details class="place" open={isOpen || error !== null}>
      <summary>
        <MoreIcon name="place" /> {name || "Add a place"}
      </summary>
      <Field
        label="Name of the place"
        value={name}
        onValue={(text) => onPlace({ name: text })}
        maxLength={MAX_PLACE_NAME}
        error={error}
      />
      <div class="place-point">
        <Field
          label="Latitude"
          value={latitude}
          onValue={(text) => onPlace({ latitude: text })}
          input={{ inputMode: "decimal" }}
        />
        <Field
          label="Longitude"
          value={longitude}
          onValue={(text) => onPlace({ longitude: text })}
          input={{ inputMode: "decimal" }}
        />
        <button type="button" class="button" onClick={locate}>
          Use my location
        </button>
      </div>
      <p class="field-hint" role="status">
        {note}
      </p>
    </details>
  );
}
