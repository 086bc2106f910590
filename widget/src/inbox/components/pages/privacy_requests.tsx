// Rights that people use by mail or phone: done here with a reason, and the list of all of them with their due dates.

import { useEffect, useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import { Refused } from "../../../shared/refusals.ts";
import { exercise, fetchCopy, fetchRequests, isCopy, type Right, save } from "../../server/evidence.ts";
import { evidenceRefusal, requestState, rightName } from "../../evidence_words.ts";
import type { SubjectRequestView } from "../../server/wire.ts";
import { WithReason } from "../context/consent_actions.tsx";
import { DataTable, Time } from "./data_table.tsx";
import type { Column } from "./data_table.tsx";

export function UseRights({ conversationId, onErased }: { conversationId: string; onErased: (words: string) => void }) {
  const [told, setTold] = useState("");
  const use = async (kind: Right, reason: string) => {
    setTold("");
    try {
      if (isCopy(kind)) {
        save(`${kind}-${conversationId}.zip`, await fetchCopy(conversationId, kind, reason));
      } else {
        const done = await exercise(conversationId, kind, reason);
        if (kind === "erasure") {
          onErased(erased(done));
          return true;
        }
      }
      setTold(_("{right}: done, and on record.", { right: rightName(kind) }));
      return true;
    } catch (error) {
      setTold(evidenceRefusal(error instanceof Refused ? error.code : "no_answer"));
      return false;
    }
  };
  return (
    <section class="card">
      <h3>{_("Act on a request")}</h3>
      <p class="card-quiet">{_("What the visitor may ask for by mail or phone. The reason says how the request came.")}</p>
      <div class="use-rights">
        <WithReason id="right-access" label={_("Save a copy of all data")} hint={how()} onReason={(why) => use("access", why)} />
        <WithReason id="right-take" label={_("Save the data to take along")} hint={how()} onReason={(why) => use("portability", why)} />
        <WithReason id="right-hold" label={_("Restrict: keep, and use for nothing")} hint={how()} onReason={(why) => use("restriction", why)} />
        <WithReason
          id="right-erase"
          label={_("Erase for good")}
          hint={_("How the request came. Chat, record and training copies are gone after this; nothing brings them back.")}
          onReason={(why) => use("erasure", why)}
        />
      </div>
      <p role="status">{told}</p>
    </section>
  );
}

function how(): string {
  return _("How the request came, for example: letter of 3 May");
}

function erased({ state }: SubjectRequestView): string {
  if (state === "done") return _("Erased, down to the bytes of the files.");
  return _("Erasure has begun; nobody can read the data any more. The list below says when it is done.");
}

export function Requests() {
  const [requests, setRequests] = useState<readonly SubjectRequestView[] | null>(null);
  const [lost, setLost] = useState("");
  useEffect(() => {
    fetchRequests().then(setRequests, (error: unknown) =>
      setLost(evidenceRefusal(error instanceof Refused ? error.code : "no_answer")),
    );
  }, []);
  if (requests === null && lost !== "") return <p class="card-quiet">{lost}</p>;
  return (
    <section class="card">
      <h3>{_("Requests so far")}</h3>
      <DataTable
        label={_("Requests so far")}
        columns={columns()}
        rows={requests}
        keyOf={({ request_id }) => request_id}
        none={_("Nobody has asked for anything yet.")}
      />
    </section>
  );
}

function columns(): Column<SubjectRequestView>[] {
  return [
    { name: _("Right"), cell: ({ kind }) => rightName(kind), heads: true },
    { name: _("Came"), cell: ({ received_at }) => <Time at={received_at} /> },
    { name: _("Due"), cell: ({ due_at }) => <Time at={due_at} /> },
    { name: _("State"), cell: ({ state }) => requestState(state) },
  ];
}
