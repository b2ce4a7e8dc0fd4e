import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { isModerator, signOut } from "../auth.ts";
import { Avatar } from "../components/avatar.tsx";
import { Icon } from "../components/icons.tsx";
import { MoreIcon, type MoreIconName } from "../components/more-icons.tsx";
import { Page } from "../components/page.tsx";
import { leaveDevice } from "../device/device.ts";
import { areKeysTold } from "../keys.ts";
import { counted, t } from "../language.ts";
import { me } from "../me.ts";
import { loadMe } from "../own-profile.ts";
import { navigate } from "../router.ts";
import { useStore } from "../store.ts";
import { ThemeChoice } from "./appearance.tsx";
import { LanguageChoice } from "./language-choice.tsx";

async function leave(): Promise<void> {
  await leaveDevice();
  void signOut();
  navigate("/sign-in");
}

/** All that one can set, in sections; each row leads to a page of its own. */
export function SettingsView() {
  const own = useStore(me);
  const moderates = useStore(isModerator);
  const requests = own?.requests ?? 0;
  useEffect(() => {
    loadMe().catch(() => undefined); // what is known stays, and each page asks by itself
  }, []);
  return (
    <Page title={t("Settings")} class="page-narrow settings">
      <ul class="menu settings-menu">
        <li>
          <a class="menu-item settings-profile" href="/settings/profile">
            {own && <Avatar user={own} size="medium" />}
            <span class="user-row-text">
              {own && <bdi class="name">{own.display_name || `@${own.handle}`}</bdi>}
              <span class="row-note">{t("Edit profile")}</span>
            </span>
            <Onward />
          </a>
        </li>
        {moderates && <Row href="/moderation" icon="shield" name={t("Moderation")} />}
      </ul>
      <Section id="account" title={t("Account")}>
        <Row href="/settings/security?for=address" icon="mail" name={t("E-mail address")} />
        <Row href="/settings/security?for=password" icon="lock" name={t("Password")} />
        <Row href="/settings/security?for=factor" icon="shield" name={t("Second factor")} />
        <Row href="/settings/sessions" icon="devices" name={t("Sessions")} />
      </Section>
      <Section id="privacy" title={t("Privacy")}>
        <Row href="/settings/privacy" icon="person" name={t("Who sees your posts")} />
        <Row href="/requests" icon="check" name={t("Follow requests")}>
          {requests > 0 && (
            <span class="badge menu-count">
              {counted(requests, "{count} person", "{count} people")}
            </span>
          )}
        </Row>
        <Row href="/settings/answers" icon="comment" name={t("Comments and activity")} />
        <Row href="/settings/blocked" icon="block" name={t("Blocked people")} />
        <Row href="/settings/muted" icon="muted" name={t("Muted people")} />
      </Section>
      <section class="settings-section" aria-labelledby="settings-appearance">
        <h2 id="settings-appearance">{t("Appearance")}</h2>
        <ThemeChoice />
        <LanguageChoice />
      </section>
      <Section id="posts" title={t("Your posts")}>
        <Row href="/uploads" icon="uploads" name={t("Your uploads")} />
        <Row href="/drafts" icon="edit" name={t("Drafts")} />
        <Row href="/scheduled" icon="clock" name={t("Scheduled posts")} />
        <Row href="/deleted" icon="trash" name={t("Recently deleted")} />
      </Section>
      <Section id="data" title={t("Your data")}>
        <Row href="/settings/export" icon="download" name={t("Download your data")} />
        <Row href="/settings/reports" icon="flag" name={t("Your reports")} />
        <Row href="/settings/decisions" icon="warning" name={t("Decisions about you")} />
      </Section>
      <Section id="about" title={t("About this app")}>
        <li>
          <button type="button" class="menu-item" onClick={() => areKeysTold.set(true)}>
            <MoreIcon name="keys" /> {t("Keys of the keyboard")}
          </button>
        </li>
        <Row href="/docs" icon="link" name={t("Documentation of the API")} />
        <li>
          <a class="menu-item" href="/licenses.txt" target="_blank" rel="noreferrer">
            <MoreIcon name="link" /> {t("Licences of the software in this app")}
          </a>
        </li>
      </Section>
      <ul class="menu settings-menu">
        <li>
          <button type="button" class="menu-item" onClick={() => void leave()}>
            <MoreIcon name="out" /> {t("Sign out")}
          </button>
        </li>
        <li>
          <a class="menu-item danger" href="/settings/close">
            <Icon name="close" /> {t("Close your account")}
          </a>
        </li>
      </ul>
    </Page>
  );
}

interface SectionProps {
  id: string;
  title: string;
  children: ComponentChildren;
}

function Section({ id, title, children }: SectionProps) {
  return (
    <section class="settings-section" aria-labelledby={`settings-${id}`}>
      <h2 id={`settings-${id}`}>{title}</h2>
      <ul class="menu settings-menu">{children}</ul>
    </section>
  );
}

interface RowProps {
  href: string;
  icon: MoreIconName | "person";
  name: string;
  /** How much waits there. */
  children?: ComponentChildren;
}

function Row({ href, icon, name, children }: RowProps) {
  return (
    <li>
      <a class="menu-item" href={href}>
        {icon === "person" ? <Icon name={icon} /> : <MoreIcon name={icon} />}
        {name}
        {children}
        <Onward />
      </a>
    </li>
  );
}

function Onward() {
  return (
    <span class="menu-onward">
      <Icon name="right" />
    </span>
  );
}
