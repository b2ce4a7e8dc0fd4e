import { Choice } from "../components/choice.tsx";
import { t } from "../language.ts";
import { chooseLanguage, chosenLanguage, LANGUAGES } from "../languages.ts";

/** The app's language on this device: one that it speaks, or the first of the browser's that it does. */
export function LanguageChoice() {
  return (
    <Choice
      label={t("Language")}
      value={chosenLanguage() ?? ""}
      options={[["", t("As the device")], ...Object.entries(LANGUAGES)]}
      onChange={(name) => chooseLanguage(name === "" ? null : name)}
    />
  );
}
