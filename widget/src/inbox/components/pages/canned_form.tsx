// One canned reply in a form, with a preview of what a visitor will read.

import { useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { arrowLeftIcon } from "../../../shared/icons.ts";
import { VARIABLES, partsOf, shortcutOf } from "../../canned.ts";
import { BODY_MAX_CHARACTERS } from "../../server/outgoing.ts";
import type { CannedView } from "../../server/wire.ts";
import { LANGUAGES, languageName } from "../../words.ts";
import type { CannedProblem } from "../../server/work.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { ChoiceField, FormProblem, TextField, useSending } from "./form_parts.tsx";

interface Props {
  /** The reply to change; null for a new one. */
  reply: CannedView | null;
  locale: string;
  onDone: () => void;
  onDelete: (reply: CannedView) => Promise<void>;
}

interface Fields {
  shortcut: string;
  title: string;
  locale: string;
  body: string;
}

function variableWords(name: (typeof VARIABLES)[number]): string {
  const words = {
    visitor_name: _("name of the visitor"),
    agent_name: _("your name"),
    shop_name: _("name of the shop"),
  };
  return words[name];
}

function problemWords(problem: CannedProblem): string {
  if (problem.kind === "shortcut_taken") return _("Another reply in this language has this shortcut. Choose another one.");
  if (problem.kind === "unknown_variable") {
    return _("{name} is no variable, so nothing could be put in its place. Use one of the buttons below the text.", {
      name: `{{${problem.variable}}}`,
    });
  }
  return _("A shortcut has letters, digits, - and _ only.");
}

function Preview({ body }: { body: string }) {
  const me = useSelect((state) => state.me);
  const known = {
    visitor_name: _("Vera"),
    agent_name: me?.name ?? "",
    shop_name: me?.sites[0]?.name ?? "",
  };
  return (
    <figure class="reply-preview">
      <figcaption>{_("What a visitor named Vera reads")}</figcaption>
      {body.trim() === "" ? (
        <p class="card-quiet">{_("The preview appears while you write.")}</p>
      ) : (
        <p class="bubble" dir="auto">
          {partsOf(body, known).map(({ text, kind }, index) =>
            kind === "text" ? text : <span key={index} class={`place place-${kind}`}>{text}</span>,
          )}
        </p>
      )}
    </figure>
  );
}

function Variables({ onInsert }: { onInsert: (text: string) => void }) {
  return (
    <div class="variables" role="group" aria-label={_("Put in")}>
      {VARIABLES.map((name) => (
        <button key={name} class="chip" type="button" onClick={() => onInsert(`{{${name}}}`)}>
          {variableWords(name)}
        </button>
      ))}
    </div>
  );
}

/** Put a text where the cursor stands. */
function insertAt(box: HTMLTextAreaElement, text: string): string {
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  box.focus();
  return box.value;
}

function Head({ fields, problem, set }: { fields: Fields; problem: CannedProblem | null; set: (change: Partial<Fields>) => void }) {
  const wrong = problem !== null && problem.kind !== "unknown_variable";
  return (
    <div class="form-row">
      <TextField
        id="reply-shortcut"
        name={_("Shortcut")}
        required
        autofocus
        maxLength={40}
        autocapitalize="none"
        spellcheck={false}
        placeholder={_("returns")}
        problem={wrong ? "reply-problem" : undefined}
        value={fields.shortcut}
        onText={(shortcut) => set({ shortcut })}
      />
      <TextField
        name={_("Title, for agents only")}
        maxLength={120}
        value={fields.title}
        onText={(title) => set({ title })}
      />
      <ChoiceField
        name={_("Language")}
        value={fields.locale}
        values={[...new Set([...LANGUAGES, fields.locale])]}
        wordsOf={languageName}
        onChoice={(locale) => set({ locale })}
      />
    </div>
  );
}

function useSaving({ reply, onDone }: Props, fields: Fields) {
  const { work } = useDesk();
  const [problem, setProblem] = useState<CannedProblem | null>(null);
  const sending = useSending(async () => {
    const saved = await work.saveCanned({ ...fields, id: reply?.id ?? null, shortcut: shortcutOf(fields.shortcut) });
    if (saved === "saved") onDone();
    else setProblem(saved === "failed" ? null : saved);
  });
  return { problem, ...sending };
}

function Buttons({ reply, busy, onDone, onDelete }: Omit<Props, "locale"> & { busy: boolean }) {
  return (
    <div class="inline-buttons">
      <button class="button button-accent" type="submit" aria-busy={busy}>
        {_("Save")}
      </button>
      <button class="button" type="button" onClick={onDone}>
        <Icon path={arrowLeftIcon} size={16} flips />
        {_("Back without saving")}
      </button>
      {reply !== null && (
        <button class="button button-quiet form-last" type="button" onClick={() => void onDelete(reply)}>
          {_("Delete")}
        </button>
      )}
    </div>
  );
}

export function CannedForm(props: Props) {
  const { reply, onDone, onDelete } = props;
  const [fields, setFields] = useState<Fields>({
    shortcut: reply?.shortcut ?? "",
    title: reply?.title ?? "",
    locale: reply?.locale ?? props.locale,
    body: reply?.body ?? "",
  });
  const set = (change: Partial<Fields>) => setFields((before) => ({ ...before, ...change }));
  const { problem, busy, onSubmit } = useSaving(props, fields);
  const example = ["{{visitor_name|", _("there"), "}}"].join("");
  const wrongBody = problem?.kind === "unknown_variable";
  const insert = (text: string) => {
    const box = document.getElementById("reply-text");
    if (box instanceof HTMLTextAreaElement) set({ body: insertAt(box, text) });
  };
  return (
    <form class="card reply-form" onSubmit={onSubmit}>
      <h3>{reply === null ? _("New reply") : _("Change /{shortcut}", { shortcut: reply.shortcut })}</h3>
      <Head fields={fields} problem={problem} set={set} />
      <label>
        <span>{_("Text")}</span>
        <textarea
          id="reply-text"
          class="field"
          rows={6}
          dir="auto"
          required
          maxLength={BODY_MAX_CHARACTERS}
          aria-invalid={wrongBody}
          aria-describedby={wrongBody ? "reply-problem" : undefined}
          value={fields.body}
          onInput={(event) => set({ body: event.currentTarget.value })}
        />
      </label>
      <Variables onInsert={insert} />
      <p class="card-quiet">
        {_("When a name is not known, what follows the bar stands in its place: {example}", { example })}
      </p>
      {problem !== null && <FormProblem id="reply-problem">{problemWords(problem)}</FormProblem>}
      <Preview body={fields.body} />
      <Buttons reply={reply} busy={busy} onDone={onDone} onDelete={onDelete} />
    </form>
  );
}
