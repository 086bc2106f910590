// The shop's questions before the first message. They come after the decision, never before it.
import type { PrechatFieldView } from "@protocol";
import { useState } from "preact/hooks";
import { _, currentLocale } from "../../shared/i18n.ts";
import { useStore } from "../../shared/use_store.ts";
import { useSession } from "../context.ts";

export function Prechat() {
  const session = useSession();
  const { site, conversation } = useStore(session.store);
  const fields = site?.prechat ?? [];
  const [isLost, setIsLost] = useState(false);
  const done = () => session.aside.setUi({ introduced: conversation?.id });
  const canSkip = !fields.some((field) => field.required);
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const given = fields.map(({ name }) => [name, String(values.get(name) ?? "").trim()] as const).filter(([, text]) => text);
    if (given.length === 0 || (await session.aside.tell("profile_set", { fields: Object.fromEntries(given) }))) done();
    else setIsLost(true);
  };
  return (
    <form class="prechat" onSubmit={(event) => void submit(event)}>
      <p class="prechat-title">{_("So that we can help you faster:")}</p>
      {fields.map((field) => (
        <label key={field.name}>
          <span>{labelOf(field)}</span>
          {!field.required && <span class="hint"> {_("(optional)")}</span>}
          <input
            class="field"
            name={field.name}
            type={field.kind}
            required={field.required}
            maxLength={500}
            autocomplete={autocomplete(field)}
            dir="auto"
            list={undefined}
          />
        </label>
      ))}
      {isLost && (
        <p class="callout callout-warning" role="alert">
          {_("Not sent: no connection. Please try again.")}
        </p>
      )}
      <div class="equal-buttons">
        <button class="button" type="submit">
          {_("Continue")}
        </button>
        {canSkip && (
          <button class="button" type="button" onClick={done}>
            {_("Skip")}
          </button>
        )}
      </div>
    </form>
  );
}

function labelOf({ label, name }: PrechatFieldView): string {
  const locale = currentLocale();
  return label[locale] ?? label[locale.split("-")[0] ?? ""] ?? label["en"] ?? Object.values(label)[0] ?? name;
}

function autocomplete({ kind, name }: PrechatFieldView): "email" | "tel" | "name" | "off" {
  if (kind !== "text") return kind;
  return name === "name" ? "name" : "off";
}
