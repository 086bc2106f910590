// Outside the shop's hours: when it opens, and a form for a message that waits until then.
import { _, formatMoment } from "../../shared/i18n.ts";
import { useStore } from "../../shared/use_store.ts";
import { useSession } from "../context.ts";
import type { Closed } from "../state.ts";
import { explainOpening } from "../words.ts";
import { Channels } from "./channels.tsx";

export function ClosedView() {
  const session = useSession();
  const { closed, site } = useStore(session.store);
  return (
    <div class="plain">
      <h2>{_("The shop is closed just now")}</h2>
      {closed?.opens_at && (
        <p>
          <OpensAgain at={closed.opens_at} />
        </p>
      )}
      {closed?.messages && <LeaveForm />}
      <Channels channels={site?.channels ?? []} />
    </div>
  );
}

/** On the notice: what a visitor should know before agreeing to anything. */
export function ClosedNow({ closed }: { closed: Closed }) {
  return (
    <p class="callout callout-info">
      {_("The shop is closed just now")}
      {closed.opens_at && (
        <>
          <br />
          <OpensAgain at={closed.opens_at} />
        </>
      )}
    </p>
  );
}

function OpensAgain({ at }: { at: string }) {
  return (
    <>
      {_("It opens again:")} <time dateTime={at}>{formatMoment(at)}</time>
    </>
  );
}

function LeaveForm() {
  const session = useSession();
  const { draft, opening, openingProblem } = useStore(session.store);
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    if (!opening && draft.trim() !== "") session.leave(draft, String(values.get("email") ?? "").trim());
  };
  return (
    <form class="leave" onSubmit={submit}>
      <p>{_("Leave a message now. The answer appears here, also when you come back later.")}</p>
      <label>
        <span>{_("Your message")}</span>
        <textarea
          class="field"
          rows={5}
          required
          maxLength={4000}
          dir="auto"
          value={draft}
          onInput={(event) => session.write(event.currentTarget.value)}
        />
      </label>
      <label>
        <span>{_("E-mail")}</span> <span class="hint">{_("(optional, so that we can write to you there)")}</span>
        <input class="field" name="email" type="email" maxLength={254} autocomplete="email" dir="ltr" />
      </label>
      <div role="alert">{openingProblem && <p class="callout callout-warning">{explainOpening(openingProblem)}</p>}</div>
      <div class="equal-buttons">
        <button class="button button-choice" type="submit" aria-busy={opening}>
          {opening ? _("Sending …") : _("Leave message")}
        </button>
        <button class="button button-choice" type="button" onClick={() => session.refuse()}>
          {_("No, thanks")}
        </button>
      </div>
    </form>
  );
}
