// The privacy role's page: find a consent by its number or by a receipt, see that it holds, hand it out, act on a request.

import { useEffect, useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import { Refused } from "../../../shared/refusals.ts";
import { askedFor, findProof } from "../../server/evidence.ts";
import { evidenceRefusal } from "../../evidence_words.ts";
import type { ProofAnswer, ReceiptCheck } from "../../server/wire.ts";
import { useSelect } from "../desk.tsx";
import { ProofSections } from "./privacy_proof.tsx";
import { Requests } from "./privacy_requests.tsx";

export function PrivacyPage() {
  const selected = useSelect((state) => state.selected);
  const [found, setFound] = useState<ProofAnswer | null>(null);
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState("");

  const find = async (text: string) => {
    const asked = askedFor(text);
    setDone("");
    setProblem(asked === null ? evidenceRefusal("payload_invalid") : "");
    setFound(null);
    if (asked === null) return;
    setBusy(true);
    try {
      setFound(await findProof(asked, reason.trim()));
    } catch (error) {
      setProblem(evidenceRefusal(error instanceof Refused ? error.code : "no_answer"));
    }
    setBusy(false);
  };
  return (
    <>
      <Find wanted={selected ?? ""} reason={reason} busy={busy} onReason={setReason} onFind={(text) => void find(text)} />
      <div role="status" class="found-status">
        {problem && <p class="finding finding-bad">{problem}</p>}
        {done && <p class="finding finding-good">{done}</p>}
        {found?.receipt && <Receipt check={found.receipt} isHere={found.proof !== null} />}
      </div>
      {found?.proof && (
        <ProofSections
          proof={found.proof}
          reason={reason.trim()}
          onErased={(words) => {
            setFound(null);
            setDone(words);
          }}
        />
      )}
      {!found?.proof && <Requests key={done} />}
    </>
  );
}

interface FindProps {
  wanted: string;
  reason: string;
  busy: boolean;
  onReason: (reason: string) => void;
  onFind: (text: string) => void;
}

function Find({ wanted, reason, busy, onReason, onFind }: FindProps) {
  const [text, setText] = useState(wanted);
  useEffect(() => setText(wanted), [wanted]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onFind(text);
  };
  const read = async (file: File | undefined) => {
    if (file !== undefined) setText(await file.text());
  };
  return (
    <form class="card find-proof" onSubmit={submit}>
      <label for="proof-name">{_("Number of the chat, the record or the receipt, or the text of a receipt")}</label>
      <textarea
        id="proof-name"
        class="field mono"
        rows={1}
        required
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.isComposing) {
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }
        }}
      />
      <label for="proof-reason">{_("Why you look; it goes into the audit log")}</label>
      <input
        id="proof-reason"
        class="field"
        required
        minLength={3}
        maxLength={200}
        value={reason}
        onInput={(event) => onReason(event.currentTarget.value)}
      />
      <div class="find-buttons">
        <button class="button button-accent" type="submit" aria-busy={busy}>
          {_("Find")}
        </button>
        <label class="button file-button">
          {_("Choose a receipt file")}
          <input
            class="visually-hidden"
            type="file"
            accept=".json,application/json"
            onChange={(event) => void read(event.currentTarget.files?.[0])}
          />
        </label>
      </div>
    </form>
  );
}

function Receipt({ check, isHere }: { check: ReceiptCheck; isHere: boolean }) {
  return (
    <div class={check.holds ? "finding finding-good" : "finding finding-bad"}>
      <strong>{check.holds ? _("The receipt is genuine and unchanged.") : _("The receipt does not hold.")}</strong>
      {check.problems.map((problem) => (
        <p key={problem.code}>{problem.text}</p>
      ))}
      {check.holds && !isHere && <p>{_("The consent that it is about is not here any more: it was erased.")}</p>}
    </div>
  );
}
