import { MAX_ALT_TEXT } from "../../build/limits.ts";
import { Field } from "../components/field.tsx";
import { Icon } from "../components/icons.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { NamePeople } from "../components/name-people.tsx";
import { t } from "../language.ts";
import { changeItem, remove } from "./draft.ts";
import { hasFile, type Item } from "./item.ts";
import { Shown } from "./shown.tsx";
import { isVideo } from "./sniff.ts";
import { Unfinished } from "./unfinished.tsx";

/** What one says of a single file: what is to be seen in it, and who. */
export function ItemDetails({ item, peopleError }: { item: Item; peopleError: string | null }) {
  const { id, name, type } = item;
  return (
    <div class="details">
      <div class="details-thumb" aria-hidden="true">
        <Shown item={item} isSmall />
      </div>
      <div class="details-text">
        <Field
          label={t("Description of {name}", { name })}
          rows={1}
          value={item.altText}
          onValue={(altText) => changeItem(id, { altText })}
          maxLength={MAX_ALT_TEXT}
        />
        {item.unfinished && hasFile(item) && <Unfinished item={item} upload={item.unfinished} />}
        {type !== null && !isVideo(type) && (
          <NamePeople
            what={name}
            people={item.people}
            onPeople={(people) => changeItem(id, { people })}
            error={peopleError}
          >
            <Shown item={item} class="people-whole" />
          </NamePeople>
        )}
      </div>
    </div>
  );
}

/** A file that cannot be posted, by its name, and why; the others go on without it. */
export function Refused({ item }: { item: Item }) {
  const { name } = item;
  return (
    <li class="refused-file">
      <MoreIcon name="warning" />
      <div class="refused-text">
        <p class="item-name">{t("{name} is left out", { name })}</p>
        <p class="field-error" role="alert">
          {item.problem}
        </p>
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={t("Remove {name}", { name })}
        onClick={() => remove(item)}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}
