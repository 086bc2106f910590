// The first view: one sentence, the clauses, two equal buttons, and nothing that competes with them.
import type { NoticeAnswer } from "@protocol";
import { useEffect, useRef } from "preact/hooks";
import { _, currentLocale } from "../../shared/i18n.ts";
import { useStore } from "../../shared/use_store.ts";
import { ageLimit, isOutOfReach } from "../asking.ts";
import { useSession } from "../context.ts";
import { renderedTexts } from "../rendered.ts";
import type { Asking } from "../state.ts";
import { explainOpening } from "../words.ts";
import { AgeQuestion } from "./age_question.tsx";
import { Clause } from "./clause.tsx";
import { ClosedNow } from "./closed_view.tsx";

export function NoticeView({ answer }: { answer: NoticeAnswer }) {
  const session = useSession();
  const state = useStore(session.store);
  const { choices, missing, opening, changing, openingProblem, changeProblem, asking, draft } = state;
  const isMinor = asking === "within" ? (state.consent?.minor ?? null) : state.minor;
  const form = useRef<HTMLFormElement>(null);
  const { notice } = answer;
  const locale = notice.locale.replace("_", "-");
  const isBusy = opening || changing;

  // For the benchmark: an effect runs after the browser has painted.
  useEffect(() => void performance.mark("notice"), []);
  useEffect(() => {
    if (missing[0]) document.getElementById(`clause-${missing[0]}`)?.focus();
  }, [missing]);

  const start = (event: Event) => {
    event.preventDefault();
    if (form.current && !isBusy) void session.startChat(renderedTexts(form.current));
  };
  const problem = openingProblem ?? (asking === "within" ? changeProblem : null);

  return (
    <form ref={form} class="notice" onSubmit={start} onKeyDown={keepEnterFromAccepting} noValidate>
      <div class="notice-body">
        <Why asking={asking} hasDraft={draft !== ""} />
        <h2 class="notice-welcome" lang={locale} dir="auto">
          {notice.welcome}
        </h2>
        {answer.closed && asking !== "within" && <ClosedNow closed={answer.closed} />}
        {!isSameLanguage(locale) && <p class="hint">{languageHint(locale)}</p>}
        {ageLimit(state) !== null && <AgeQuestion />}
        <ul class="clauses">
          {notice.clauses.map((clause) => (
            <Clause
              key={clause.purpose}
              clause={clause}
              fullText={{ url: notice.full_text_url, label: notice.full_text_label }}
              locale={locale}
              isTicked={choices[clause.purpose] === true}
              isMissing={missing.includes(clause.purpose)}
              isOutOfReach={isOutOfReach(clause, isMinor)}
              onTick={(given) => session.notices.choose(clause.purpose, given)}
            />
          ))}
        </ul>
        {notice.equivalent_channel && <OtherWay channel={notice.equivalent_channel} />}
      </div>
      <div class="notice-foot">
        <div class="notice-status" role="alert">
          {missing.length > 0 && <span class="visually-hidden">{_("One box still needs your decision.")}</span>}
          {problem && <p class="callout callout-warning">{explainOpening(problem)}</p>}
        </div>
        <div class="equal-buttons">
          <button class="button button-choice" type="submit" aria-busy={isBusy}>
            {isBusy ? _("Opening …") : _("Start chat")}
          </button>
          <button class="button button-choice" type="button" onClick={() => session.refuse()}>
            {_("No, thanks")}
          </button>
        </div>
      </div>
    </form>
  );
}

/** Enter in a check box would press Start chat: no key but the button's own may mean yes. */
function keepEnterFromAccepting(event: KeyboardEvent) {
  if (event.key === "Enter" && event.target instanceof HTMLInputElement) event.preventDefault();
}

function Why({ asking, hasDraft }: { asking: Asking; hasDraft: boolean }) {
  const text = why(asking);
  if (!text && !hasDraft) return null;
  return (
    <p class="callout callout-info" role="status">
      {[text, hasDraft ? _("What you typed is kept.") : ""].filter(Boolean).join(" ")}
    </p>
  );
}

function why(asking: Asking): string {
  if (asking === "changed") return _("This text has changed since you opened the chat. Please read it again.");
  if (asking === "once_more") return _("This page was open for a while. Please press Start chat once more.");
  if (asking === "altered") return _("Something had altered this text on its way to you. This is the right one.");
  if (asking === "ended") return _("A new chat needs a new decision.");
  if (asking === "within") return _("This text has changed. To go on, please read it again. “No, thanks” ends the chat.");
  return "";
}

function OtherWay({ channel }: { channel: string }) {
  return <p class="callout callout-info">{_("Without a chat you get the same help here: {channel}", { channel })}</p>;
}

function isSameLanguage(locale: string): boolean {
  return locale.split("-")[0] === currentLocale().split("-")[0];
}

function languageHint(locale: string): string {
  const language = new Intl.DisplayNames([currentLocale()], { type: "language" }).of(locale) ?? locale;
  return _("The shop has this text in this language only: {language}.", { language });
}
