/** What was reported, as it was then. Pictures are shown when one asks for them, never before. */

import type { CaseBody, EvidenceBody, EvidenceMediumBody } from "../api.ts";
import { Icon } from "../components/icons.tsx";
import { placeholderUrl } from "../components/placeholder.ts";
import { t } from "../language.ts";
import { fullDate } from "../text.ts";
import { loadCase } from "./cases.ts";
import { subjectOf } from "./words.ts";

interface Props {
  found: CaseBody;
  isOpen: boolean;
  onToggle: () => void;
}

export function EvidencePanel({ found, isOpen, onToggle }: Props) {
  const [newest, ...older] = found.evidence;
  if (newest === undefined) return null;
  const hasPictures = found.evidence.some(({ media }) => media.length > 0);
  return (
    <section class="panel" aria-labelledby="evidence">
      <div class="panel-head">
        <h2 id="evidence">{subjectOf(found)}</h2>
        {found.owner?.suspended && <span class="badge badge-failed">{t("Suspended")}</span>}
        {found.owner?.limited && <span class="badge">{t("Limited")}</span>}
        {hasPictures && (
          <button
            type="button"
            class="button button-small"
            aria-pressed={isOpen}
            aria-keyshortcuts="B"
            onClick={onToggle}
          >
            {isOpen ? t("Blur pictures") : t("Show pictures")} <kbd>b</kbd>
          </button>
        )}
      </div>
      <State evidence={newest} caseId={found.id} isOpen={isOpen} />
      {older.length > 0 && (
        <details class="older">
          <summary>{t("As it was reported before ({count})", { count: older.length })}</summary>
          {older.map((evidence) => (
            <State key={evidence.at} evidence={evidence} caseId={found.id} isOpen={isOpen} />
          ))}
        </details>
      )}
    </section>
  );
}

interface StateProps {
  evidence: EvidenceBody;
  caseId: string;
  isOpen: boolean;
}

function State({ evidence, caseId, isOpen }: StateProps) {
  const { text, bio, media, place, created_at, at, handle, display_name } = evidence;
  return (
    <div class="evidence">
      {media.length > 0 && (
        <ul class="evidence-media">
          {media.map((medium) => (
            <Medium key={medium.media_id} medium={medium} caseId={caseId} isOpen={isOpen} />
          ))}
        </ul>
      )}
      {text && (
        <p class="words" dir="auto">
          {text}
        </p>
      )}
      <dl class="facts">
        <dt>{t("Account")}</dt>
        <dd>
          <bdi>{display_name}</bdi> <bdi>@{handle}</bdi>
        </dd>
        {bio && (
          <>
            <dt>{t("About")}</dt>
            <dd class="words" dir="auto">
              {bio}
            </dd>
          </>
        )}
        {place && (
          <>
            <dt>{t("Place")}</dt>
            <dd>{place}</dd>
          </>
        )}
        {created_at && (
          <>
            <dt>{t("Made")}</dt>
            <dd>{fullDate(created_at)}</dd>
          </>
        )}
        <dt>{t("Kept")}</dt>
        <dd>{fullDate(at)}</dd>
      </dl>
    </div>
  );
}

interface MediumProps {
  medium: EvidenceMediumBody;
  caseId: string;
  isOpen: boolean;
}

function Medium({ medium, caseId, isOpen }: MediumProps) {
  const { url, clip_url, placeholder, alt_text, content_type } = medium;
  const what = content_type.startsWith("video/") ? t("Video") : t("Photo");
  const blur = { backgroundImage: placeholderUrl(placeholder) };
  const described = alt_text || t("{what}, not described", { what });
  // Links end after a while: the case is read again for others.
  const renew = () => void loadCase(caseId).catch(() => undefined);
  return (
    <li class="evidence-medium" style={blur}>
      {clip_url !== null && isOpen ? (
        <video
          key={clip_url}
          src={clip_url}
          {...(url !== null && { poster: url })}
          aria-label={described}
          controls
          playsInline
          preload="none"
          onError={renew}
        />
      ) : url !== null && isOpen ? (
        <img key={url} src={url} alt={described} onError={renew} />
      ) : (
        <span class="evidence-cover">
          <Icon name="hidden" />
          {url === null ? t("{what} without a picture", { what }) : t("{what}, blurred", { what })}
        </span>
      )}
      {content_type.startsWith("video/") && clip_url === null && isOpen && (
        <span class="badge">{t("First picture")}</span>
      )}
    </li>
  );
}
