// What the forms of the pages are made of: fields with their names, a problem that is spoken, sending once at a time.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface TextProps {
  name: string;
  value: string;
  onText: (text: string) => void;
  maxLength: number;
  /** The id of the sentence that says what is wrong with this field, when something is. */
  problem?: string | undefined;
  id?: string;
  inputMode?: "email";
  placeholder?: string;
  required?: boolean;
  autofocus?: boolean;
  autocapitalize?: "none";
  spellcheck?: boolean;
}

/** A line to type in, with its name above it. */
export function TextField({ name, problem, onText, ...input }: TextProps) {
  return (
    <label>
      <span>{name}</span>
      <input
        class="field"
        autocomplete="off"
        {...input}
        aria-invalid={problem !== undefined}
        aria-describedby={problem}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </label>
  );
}

interface ChoiceProps<Value extends string> {
  name: string;
  value: Value;
  values: readonly Value[];
  wordsOf: (value: Value) => string;
  onChoice: (value: Value) => void;
}

/** One value of a few, with its name above it. */
export function ChoiceField<Value extends string>({ name, ...choice }: ChoiceProps<Value>) {
  return (
    <label>
      <span>{name}</span>
      <Choice {...choice} />
    </label>
  );
}

/** One value of a few, for a place that names it itself. */
export function Choice<Value extends string>(props: Omit<ChoiceProps<Value>, "name"> & { "aria-label"?: string }) {
  const { value, values, wordsOf, onChoice, ...rest } = props;
  return (
    <select {...rest} class="field" value={value} onChange={(event) => onChoice(event.currentTarget.value as Value)}>
      {values.map((one) => (
        <option key={one} value={one}>
          {wordsOf(one)}
        </option>
      ))}
    </select>
  );
}

export function FormProblem({ id, children }: { id: string; children: ComponentChildren }) {
  return (
    <p id={id} class="form-problem" role="alert">
      {children}
    </p>
  );
}

/** Return what a form does when it is sent: nothing while an earlier press is still under way. */
export function useSending(send: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    await send();
    setBusy(false);
  };
  return { busy, onSubmit: (event: SubmitEvent) => void onSubmit(event) };
}
