import { t } from "../language.ts";
import { AvatarForm } from "../views/avatar-form.tsx";
import { Step, StepActions } from "./step.tsx";

/** The second step: a picture of oneself. */
export function PictureView() {
  return (
    <Step
      number={2}
      title={t("Add a picture")}
      lead={t("People recognise you by it. It is shown in a circle: its middle is what counts.")}
    >
      {(own) => (
        <>
          <AvatarForm user={own} />
          <StepActions number={2} isDone={own.avatar !== null} />
        </>
      )}
    </Step>
  );
}
