/** What moderators have decided about oneself, and one's appeals. */

import { useState } from "preact/hooks";
import { MAX_APPEAL } from "../../build/limits.ts";
import { type AppealBody, call, type StatementBody } from "../api.ts";
import { person } from "../auth.ts";
import { Dialog } from "../components/dialog.tsx";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { Field } from "../components/field.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { Page } from "../components/page.tsx";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { List } from "../lists.ts";
import { Store, useStore } from "../store.ts";
import { day } from "../text.ts";
import { toast } from "../toasts.ts";
import { ofThisVisit } from "../visits.ts";
import { decisionOf, REASONS } from "./words.ts";

/** By case: an appeal is against all that stands in it. */
const appeals = new Store<Readonly<Record<string, AppealBody>>>({});

person.watch(() => appeals.set({}));

export function StatementsView() {
  return (
    <Page title={t("Decisions about you")} class="page-narrow">
      <p class="page-sub">
        {t(
          "What moderators have decided about you, your posts and your comments. You can appeal once against each decision: another moderator then looks at it.",
        )}
      </p>
      <Statements />
    </Page>
  );
}

/** The list itself, for whoever is suspended as well. */
export function Statements() {
  const list = ofThisVisit("statements", statements);
  return (
    <Endless
      list={list}
      render={(items) => (
        <ul class="rows">
          {items.map((item) => (
            <Row key={keyOf(item)} item={item} />
          ))}
        </ul>
      )}
      skeleton={
        <p class="page-sub" role="status">
          {t("Loading…")}
        </p>
      }
      empty={<Empty title={t("Nothing was decided about you")} drawing="shield" next="settings" />}
    />
  );
}

function statements(): List<StatementBody> {
  return new List(
    (cursor) => call("get", "/me/statements", { query: cursor === undefined ? {} : { cursor } }),
    keyOf,
  );
}

const keyOf = ({ case_id, action, at }: StatementBody) => `${case_id} ${action} ${at}`;

function Row({ item }: { item: StatementBody }) {
  const [isOpen, setOpen] = useState(false);
  const appeal = useStore(appeals)[item.case_id] ?? item.appeal;
  const canAppeal = item.can_appeal && appeal === null;
  return (
    <li class="row">
      <span class="row-thumb">
        <MoreIcon name="shield" />
      </span>
      <div class="row-text">
        <p class="row-title row-title-whole">{decisionOf(item)}</p>
        <p class="row-note">
          <time dateTime={item.at}>{day(item.at)}</time> ·{" "}
          {t("Rule: {rule}", { rule: REASONS[item.rule] })}
          {item.undone_at === null && item.until && (
            <> · {t("Until {day}", { day: day(item.until) })}</>
          )}
        </p>
        {item.statement && (
          <p class="row-remedy words" dir="auto">
            {item.statement}
          </p>
        )}
        {item.undone_at && (
          <p class="row-note">
            <span class="badge badge-ready">
              {t("Taken back on {day}", { day: day(item.undone_at) })}
            </span>
          </p>
        )}
        {appeal && <Appeal appeal={appeal} />}
      </div>
      {canAppeal && (
        <div class="row-actions">
          <button
            type="button"
            class="button button-small"
            aria-label={t("Appeal: {decision}", { decision: decisionOf(item) })}
            onClick={() => setOpen(true)}
          >
            {t("Appeal")}
          </button>
        </div>
      )}
      {isOpen && <AppealDialog item={item} onClose={() => setOpen(false)} />}
    </li>
  );
}

const APPEALS: Readonly<Record<AppealBody["outcome"], string>> = {
  pending: t("Another moderator will look at your appeal."),
  upheld: t("Another moderator has looked at your appeal. The decision stands."),
  overturned: t("Another moderator has taken the decision back."),
};

function Appeal({ appeal }: { appeal: AppealBody }) {
  return (
    <div class="row-remedy">
      <p class="row-note">{APPEALS[appeal.outcome]}</p>
      {appeal.statement && (
        <p class="words" dir="auto">
          {appeal.statement}
        </p>
      )}
    </div>
  );
}

function AppealDialog({ item, onClose }: { item: StatementBody; onClose: () => void }) {
  const [text, setText] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const body = { case_id: item.case_id, text };
      const appeal = await call("post", "/me/appeals", { body, repeats: true });
      appeals.update((known) => ({ ...known, [item.case_id]: appeal }));
      onClose();
      toast(t("Your appeal is sent."));
    } catch (failed) {
      setError(sentence(failed));
      setBusy(false);
    }
  }

  return (
    <Dialog title={t("Appeal")} class="dialog-small" onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void send(event)}>
        <div class="dialog-body form">
          <p>{t("{decision}. You can appeal once.", { decision: decisionOf(item) })}</p>
          <Field
            label={t("Why is the decision wrong?")}
            rows={5}
            value={text}
            onValue={setText}
            maxLength={MAX_APPEAL}
            error={error}
            area={{ required: true }}
          />
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("Cancel")}
          </button>
          <button
            type="submit"
            class="button button-primary"
            disabled={isBusy || text.trim() === ""}
          >
            {t("Send the appeal")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
