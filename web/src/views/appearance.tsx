import { useState } from "preact/hooks";
import { t } from "../language.ts";
import { chooseTheme, chosenTheme, type Theme } from "../theme.ts";

/** Light, dark, or as the device has it: it counts on this device. */
export function ThemeChoice() {
  const [chosen, setChosen] = useState(chosenTheme);
  const choices: readonly (readonly [Theme | null, string])[] = [
    [null, t("System")],
    ["light", t("Light")],
    ["dark", t("Dark")],
  ];
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">{t("Light or dark")}</legend>
      {choices.map(([theme, name]) => (
        <label key={name} class="segment">
          <input
            class="visually-hidden"
            type="radio"
            name="theme"
            checked={chosen === theme}
            onChange={() => {
              chooseTheme(theme);
              setChosen(theme);
            }}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
