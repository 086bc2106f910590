// The right pane: what the visitor agreed to, where the transcript went, and the visit.

import { useEffect, useRef } from "preact/hooks";
import { _, formatDateTime } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { checkIcon, xIcon } from "../../../shared/icons.ts";
import { purposeStates } from "../../state/consent.ts";
import type { Decision, PurposeState } from "../../state/consent.ts";
import type { Thread } from "../../state/state.ts";
import type { AgentConversation } from "../../server/wire.ts";
import { decisionName, languageName, purposeName, trainingWords } from "../../words.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { Proof, WithdrawFor } from "./consent_actions.tsx";
import { HandOver } from "../conversation/hand_over.tsx";
import { NotesCard } from "../conversation/notes.tsx";
import { TagsCard } from "./tags_card.tsx";
import { VisitorBlock } from "./visitor_block.tsx";
import { VisitorCard } from "./visitor_card.tsx";

const DECISION_ICONS = { given: checkIcon, refused: xIcon, withdrawn: xIcon } satisfies Record<Decision, unknown>;

function Purpose({ state, conversation }: { state: PurposeState; conversation: AgentConversation }) {
  return (
    <li class={`purpose purpose-${state.decision}`}>
      <p class="purpose-head">
        <span class="purpose-icon">
          <Icon path={DECISION_ICONS[state.decision]} size={16} />
        </span>
        <span class="purpose-name">{purposeName(state.purpose)}</span>
        <span class="purpose-state">{decisionName(state.decision)}</span>
      </p>
      <p class="purpose-time">
        <time dateTime={state.at}>{formatDateTime(state.at)}</time>
      </p>
      {state.text !== null && (
        <details>
          <summary>{_("The text as it was shown")}</summary>
          <blockquote dir="auto">{state.text}</blockquote>
        </details>
      )}
      {state.decision === "given" && <WithdrawFor conversation={conversation} purpose={state.purpose} />}
    </li>
  );
}

function Consent({ conversation, thread }: { conversation: AgentConversation; thread: Thread | undefined }) {
  const { consent } = conversation;
  const states = purposeStates(consent, thread?.clauses ?? [], thread?.record ?? {});
  return (
    <section class="card">
      <h2>{_("What the visitor agreed to")}</h2>
      <ul class="purposes">
        {states.map((state) => (
          <Purpose key={state.purpose} state={state} conversation={conversation} />
        ))}
      </ul>
      <dl class="facts">
        <div>
          <dt>{_("Notice")}</dt>
          <dd>
            <a href={`/notices/${consent.notice_sha256}`} target="_blank" rel="noreferrer">
              {_("{name}, version {version}", { name: consent.notice_id, version: consent.notice_version })}
            </a>
          </dd>
        </div>
        <div>
          <dt>{_("Shown in")}</dt>
          <dd>{languageName(consent.locale)}</dd>
        </div>
        <div>
          <dt>{_("Record")}</dt>
          <dd class="mono">{consent.record_id}</dd>
        </div>
        {consent.minor === true && (
          <div>
            <dt>{_("Under age")}</dt>
            <dd>{_("yes, so nothing is for training")}</dd>
          </div>
        )}
        {consent.ends_at !== null && consent.ends_at !== undefined && (
          <div>
            <dt>{_("Ends")}</dt>
            <dd>
              <time dateTime={consent.ends_at}>{formatDateTime(consent.ends_at)}</time>
            </dd>
          </div>
        )}
      </dl>
      {consent.ask_again && (
        <p class="asked-again" role="status">
          {_("A new version of the notice came out. The visitor is asked again before writing more.")}
        </p>
      )}
      <Proof />
    </section>
  );
}

function Training({ conversation }: { conversation: AgentConversation }) {
  const { title, text } = trainingWords(conversation);
  return (
    <section class="card">
      <h2>{_("Transcript for training")}</h2>
      <p class={`training training-${conversation.training.state}`} role="status">
        <strong>{title}</strong>
        <span>{text}</span>
      </p>
    </section>
  );
}

function Visit({ conversation, page }: { conversation: AgentConversation; page: unknown }) {
  const site = useSelect((state) => state.me?.sites.find((one) => one.id === conversation.site_id));
  return (
    <section class="card">
      <h2>{_("This chat")}</h2>
      <dl class="facts">
        <div>
          <dt>{_("Shop")}</dt>
          <dd>{site?.name ?? conversation.site_id}</dd>
        </div>
        {typeof page === "string" && (
          <div>
            <dt>{_("Page")}</dt>
            <dd>{page}</dd>
          </div>
        )}
        <div>
          <dt>{_("Language")}</dt>
          <dd>{languageName(conversation.locale)}</dd>
        </div>
        <div>
          <dt>{_("Opened")}</dt>
          <dd>
            <time dateTime={conversation.opened_at}>{formatDateTime(conversation.opened_at)}</time>
          </dd>
        </div>
        {conversation.closed_at !== null && (
          <div>
            <dt>{_("Closed")}</dt>
            <dd>
              <time dateTime={conversation.closed_at}>{formatDateTime(conversation.closed_at)}</time>
            </dd>
          </div>
        )}
      </dl>
      <VisitorBlock key={conversation.id} conversation={conversation} />
    </section>
  );
}

export function ContextPane() {
  const { store } = useDesk();
  const id = useSelect((state) => state.selected);
  const conversation = useSelect((state) => (id === null ? undefined : state.conversations[id]));
  const thread = useSelect((state) => (id === null ? undefined : state.threads[id]));
  const drawer = useSelect((state) => state.drawer);
  const close = useRef<HTMLButtonElement>(null);
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    // Of another visitor, what was agreed to comes first again.
    pane.current?.scrollTo({ top: 0 });
  }, [id]);
  useEffect(() => {
    // The rest of the page lies under the drawer: the keyboard goes on inside of it.
    if (drawer) close.current?.focus();
  }, [drawer]);
  return (
    <section id="context" ref={pane} class="pane pane-context" aria-label={_("Consent and details")}>
      <button
        ref={close}
        class="icon-button context-close"
        type="button"
        aria-label={_("Close the details")}
        onClick={() => store.dispatch({ type: "drawer_set", open: false })}
      >
        <Icon path={xIcon} />
      </button>
      {conversation !== undefined && (
        <>
          {/* Keyed: what is typed about one visitor must never stand beside another one. */}
          <Consent key={conversation.id} conversation={conversation} thread={thread} />
          <VisitorCard conversation={conversation} />
          <Training conversation={conversation} />
          <NotesCard conversation={conversation} />
          <TagsCard key={`tags ${conversation.id}`} conversation={conversation} />
          <HandOver key={`over ${conversation.id}`} conversation={conversation} />
          <Visit conversation={conversation} page={thread?.record["page_path"]} />
        </>
      )}
    </section>
  );
}
