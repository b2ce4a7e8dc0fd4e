import { useEffect, useState } from "preact/hooks";
import { Switch } from "../components/switch.tsx";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { type DeviceState, deviceState, turnOff, turnOn } from "./device.ts";

const WHY_NOT: Partial<Record<DeviceState, string>> = {
  "not-offered": t("This service does not send notifications."),
  unsupported: t("This browser cannot show notifications of this site."),
  "not-installed": t(
    "On this device, only an app on the home screen can show notifications: tap Share, then Add to Home Screen, and open Shutterfeed there.",
  ),
  denied: t("This browser shows no notifications of this site. Its settings can change that."),
};
const HINT = t(
  "This device shows that there is something new: of what kind, but not from whom. Signing out ends it.",
);

/** Says whether this device is told of one's activity, and changes it. */
export function DeviceSwitch() {
  const [state, setState] = useState<DeviceState | null>(null);
  const [error, setError] = useState<string | null>(null);

  async function show(change: () => Promise<DeviceState>): Promise<void> {
    setError(null);
    try {
      setState(await change());
    } catch (reason) {
      setError(sentence(reason));
    }
  }

  useEffect(() => void show(deviceState), []);

  const whyNot = state && WHY_NOT[state];
  return (
    <section class="privacy privacy-choices" aria-labelledby="device">
      <h2 id="device">{t("Notifications")}</h2>
      {whyNot && <p class="field-hint">{whyNot}</p>}
      {state && !whyNot && (
        <Switch
          label={t("Notifications on this device")}
          isOn={state === "on"}
          onChange={(isOn) => void show(isOn ? turnOn : turnOff)}
          hint={HINT}
        />
      )}
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
    </section>
  );
}
