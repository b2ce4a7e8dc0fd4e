import { t } from "../language.ts";
import { Switch } from "./switch.tsx";

interface Props {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

/** An author's mark on a post, when it is made and later. */
export function SensitiveSwitch(props: Props) {
  return (
    <Switch
      {...props}
      label={t("Sensitive: blur until someone chooses to look")}
      hint={t("Links to it show no picture elsewhere either, such as in messages.")}
    />
  );
}
