// Who writes: what the shop vouches for, what the visitor told, and how they liked the chat.

import { _, currentLocale } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { shieldCheckIcon } from "../../../shared/icons.ts";
import type { AgentConversation, ProfileFieldView, SiteView } from "../../server/wire.ts";
import { useSelect } from "../desk.tsx";

/** The name of a field: the shop's own question, or one of the fields that every shop may send. */
function fieldLabel(name: string, site: SiteView | undefined): string {
  const asked = site?.prechat.find((question) => question.name === name)?.label;
  if (asked !== undefined) return asked[currentLocale()] ?? asked[site?.default_locale ?? ""] ?? Object.values(asked)[0] ?? name;
  if (name === "name") return _("Name");
  if (name === "email") return _("E-mail");
  if (name === "customer_id") return _("Customer number");
  // A field of the shop's own, such as order_number: its name is all that is known of it.
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

function Told({ field, site }: { field: ProfileFieldView; site: SiteView | undefined }) {
  const vouched = _("Your shop vouches for this");
  return (
    <div>
      <dt>{fieldLabel(field.name, site)}</dt>
      <dd dir="auto">
        {field.name === "email" ? <a href={`mailto:${field.value}`}>{field.value}</a> : field.value}
        {field.vouched && (
          <span class="vouched" role="img" aria-label={vouched} title={vouched}>
            <Icon path={shieldCheckIcon} size={14} />
          </span>
        )}
      </dd>
    </div>
  );
}

export function VisitorCard({ conversation }: { conversation: AgentConversation }) {
  const site = useSelect((state) => state.me?.sites.find((one) => one.id === conversation.site_id));
  const { profile } = conversation.visitor;
  const { rating } = conversation;
  return (
    <section class="card">
      <h2>{_("The visitor")}</h2>
      {profile.length === 0 && <p class="card-quiet">{_("This visitor told nothing about themselves.")}</p>}
      <dl class="facts">
        {profile.map((field) => (
          <Told key={field.name} field={field} site={site} />
        ))}
        {rating !== null && (
          <div>
            <dt>{_("Rating")}</dt>
            <dd dir="auto">
              {_("{score} of 5", { score: rating.score })}
              {rating.comment !== null && <q class="rating-words">{rating.comment}</q>}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
