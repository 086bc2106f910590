// Whether the visitor is under the age of consent: asked where a shop offers to children, with nothing chosen beforehand.
import { _ } from "../../shared/i18n.ts";
import { useStore } from "../../shared/use_store.ts";
import { AGE, ageLimit } from "../asking.ts";
import { useSession } from "../context.ts";

export function AgeQuestion() {
  const session = useSession();
  const state = useStore(session.store);
  const age = ageLimit(state);
  const isMissing = state.missing.includes(AGE);
  if (age === null) return null;
  const answers = [
    { minor: true, label: _("Under {age}", { age }) },
    { minor: false, label: _("{age} or older", { age }) },
  ];
  return (
    <fieldset
      class={isMissing ? "clause age clause-missing" : "clause age"}
      role="radiogroup"
      aria-required="true"
      aria-invalid={isMissing}
      aria-describedby="age-hint"
    >
      <legend class="visually-hidden">{_("How old are you?")}</legend>
      <p class="age-title" aria-hidden="true">
        {_("How old are you?")}
      </p>
      <div class="age-answers">
        {answers.map(({ minor, label }) => (
          <label key={label}>
            <input
              id={minor ? `clause-${AGE}` : undefined}
              class="checkbox"
              type="radio"
              name="age"
              checked={state.minor === minor}
              onChange={() => session.notices.chooseAge(minor)}
            />
            {label}
          </label>
        ))}
      </div>
      <p id="age-hint" class={isMissing ? "clause-problem" : "hint"}>
        {isMissing ? _("Please choose one of the two.") : _("Only this answer is kept, not your age.")}
      </p>
    </fieldset>
  );
}
