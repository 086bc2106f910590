// After the chat: five faces, and words if the visitor likes. Answering is optional and asked once.
import { useState } from "preact/hooks";
import { _ } from "../../shared/i18n.ts";
import { useStore } from "../../shared/use_store.ts";
import { useSession } from "../context.ts";

const SCORES = [1, 2, 3, 4, 5] as const;
const MOUTHS = [
  "M8 17c1-2 2.4-3 4-3s3 1 4 3",
  "M8 16.5c1-1 2.4-1.5 4-1.5s3 .5 4 1.5",
  "M8 15.5h8",
  "M8 14.5c1 1 2.4 1.5 4 1.5s3-.5 4-1.5",
  "M8 14c1 2 2.4 3 4 3s3-1 4-3",
];

export function Rating() {
  const session = useSession();
  const [score, setScore] = useState(0);
  const { conversation, ui } = useStore(session.store);
  const isRated = conversation !== null && ui["rated"] === conversation.id;
  const [state, setState] = useState<"asking" | "sending" | "done" | "failed">(isRated ? "done" : "asking");
  if (state === "done") {
    return (
      <p class="hint" role="status">
        {_("Thank you. Your answer is with the shop.")}
      </p>
    );
  }
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const comment = String(new FormData(event.currentTarget).get("comment") ?? "").trim();
    setState("sending");
    void session.aside.tell("rating_set", { score, comment: comment || null }).then((isStored) => {
      if (isStored) session.aside.setUi({ rated: conversation?.id });
      setState(isStored ? "done" : "failed");
    });
  };
  return (
    <form class="rating" onSubmit={submit}>
      <Faces score={score} onChoose={setScore} />
      {score > 0 && (
        <>
          <p class="hint">{scoreName(score)}</p>
          <label class="rating-words">
            <span>{_("What made it so? (optional)")}</span>
            <textarea class="field" name="comment" rows={2} maxLength={1000} dir="auto" />
          </label>
          {state === "failed" && (
            <p class="callout callout-warning" role="alert">
              {_("Not sent: no connection. Please try again.")}
            </p>
          )}
          <button class="button" type="submit" disabled={state === "sending"}>
            {_("Send answer")}
          </button>
        </>
      )}
    </form>
  );
}

function Faces({ score, onChoose }: { score: number; onChoose: (score: number) => void }) {
  return (
    <fieldset>
      <legend>{_("How was this chat?")}</legend>
      <div class="faces">
        {SCORES.map((value) => (
          <label key={value} class="face">
            <input
              class="visually-hidden"
              type="radio"
              name="score"
              value={value}
              checked={score === value}
              onChange={() => onChoose(value)}
            />
            <Face mouth={MOUTHS[value - 1]!} />
            <span class="visually-hidden">{scoreName(value)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Face({ mouth }: { mouth: string }) {
  return (
    <svg viewBox="0 0 24 24" width="32" height="32" class="icon" aria-hidden="true">
      <circle cx="12" cy="12" r="10" />
      <path d={`M8.5 9.5v.01M15.5 9.5v.01${mouth}`} />
    </svg>
  );
}

function scoreName(score: number): string {
  if (score === 1) return _("Bad");
  if (score === 2) return _("Not so good");
  if (score === 3) return _("All right");
  if (score === 4) return _("Good");
  return _("Very good");
}
