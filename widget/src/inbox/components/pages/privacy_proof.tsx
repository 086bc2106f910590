// One consent as it can be proven: what the verification says, the texts word for word, the record, and every event.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { _, formatDateTime } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { alertCircleIcon, downloadIcon, shieldCheckIcon } from "../../../shared/icons.ts";
import { Refused } from "../../../shared/refusals.ts";
import { fetchPack, save, toldBy } from "../../server/evidence.ts";
import { actorName, eventName, evidenceRefusal, methodName } from "../../evidence_words.ts";
import type { ProofView } from "../../server/wire.ts";
import { languageName, purposeName } from "../../words.ts";
import { DataTable, Time } from "./data_table.tsx";
import type { Column } from "./data_table.tsx";
import { UseRights } from "./privacy_requests.tsx";

interface SectionsProps {
  proof: ProofView;
  reason: string;
  onErased: (words: string) => void;
}

export function ProofSections({ proof, reason, onErased }: SectionsProps) {
  return (
    <>
      {proof.transcript_erased_at && (
        <p class="card-quiet">
          {_("The chat itself was erased on {date}. Only the proof of its consent is left, for those who look after privacy.", {
            date: formatDateTime(proof.transcript_erased_at),
          })}
        </p>
      )}
      <Verification proof={proof} reason={reason} />
      <Texts proof={proof} />
      <Events proof={proof} />
      <Facts record={proof.record} />
      <UseRights conversationId={proof.conversation_id} onErased={onErased} />
    </>
  );
}

function Verification({ proof, reason }: { proof: ProofView; reason: string }) {
  const { holds, problems, pending, key_id } = proof.verification;
  const [lost, setLost] = useState("");
  const download = async () => {
    setLost("");
    try {
      save(`proof-${proof.conversation_id}.zip`, await fetchPack(proof.conversation_id, reason));
    } catch (error) {
      setLost(evidenceRefusal(error instanceof Refused ? error.code : "no_answer"));
    }
  };
  return (
    <section class="card">
      <h3 class={holds ? "verdict verdict-good" : "verdict verdict-bad"}>
        <Icon path={holds ? shieldCheckIcon : alertCircleIcon} size={20} />
        {holds ? _("Everything holds") : _("Something was changed")}
      </h3>
      {holds ? (
        <p>{_("Texts, record and events are as they were signed, and stand in the ledger where they belong.")}</p>
      ) : (
        <ul class="problems">
          {problems.map((problem) => (
            <li key={problem.code}>
              <span class="mono">{problem.code}</span> {problem.text}
            </li>
          ))}
        </ul>
      )}
      {pending.length > 0 && (
        <p class="card-quiet">{_("The newest events wait for the next signed checkpoint of the ledger, at most a day.")}</p>
      )}
      <p class="card-quiet">
        {_("Key id, to compare with the one that your shop publishes:")} <span class="mono">{key_id}</span>
      </p>
      <button class="button button-accent" type="button" onClick={() => void download()}>
        <Icon path={downloadIcon} size={18} />
        {_("Download the proof pack")}
      </button>
      <p class="card-quiet" role="status">
        {lost || _("One file with texts, record, events and proofs. Anybody can verify it without your server.")}
      </p>
    </section>
  );
}

interface ShownClause {
  purpose: string;
  text: string;
}

function Texts({ proof }: { proof: ProofView }) {
  return (
    <section class="card">
      <h3>{_("The exact text")}</h3>
      {proof.notices.map((notice) => {
        const clauses = (notice["clauses"] ?? []) as ShownClause[];
        const locale = String(notice["locale"]);
        return (
          <div key={`${String(notice["version"])}-${locale}`} class="shown-text">
            <p class="card-quiet">
              {_("{name}, version {version}", { name: String(notice["notice_id"]), version: String(notice["version"]) })} ·{" "}
              {languageName(locale)}
            </p>
            {clauses.map((clause) => (
              <blockquote key={clause.purpose} lang={locale.replace("_", "-")} dir="auto">
                {clause.text}
              </blockquote>
            ))}
          </div>
        );
      })}
      <a href={`/notices/${String(proof.record["notice_sha256"])}`} target="_blank" rel="noreferrer">
        {_("Full text and policy as they were then")}
      </a>
    </section>
  );
}

function Events({ proof }: { proof: ProofView }) {
  const events = proof.events.map((one) => ({ ...one, told: toldBy(one.event) }));
  type Event = (typeof events)[number];
  const columns: Column<Event>[] = [
    { name: _("When"), cell: ({ told }) => <Time at={told.at} /> },
    { name: _("What"), cell: ({ told }) => eventName(told.kind), heads: true },
    { name: _("Decision"), cell: ({ told }) => <Choices choices={told.choices} /> },
    { name: _("Who"), cell: ({ told }) => actorName(told.actor) },
    { name: _("Why"), cell: ({ told }) => told.reason ?? "" },
    {
      name: _("Place in the ledger"),
      cell: ({ seq, pending }) => (pending ? `${seq} ${_("(not signed yet)")}` : seq),
      kind: "number",
    },
  ];
  return (
    <section class="card">
      <h3>{_("What was decided, and when")}</h3>
      <DataTable
        label={_("What was decided, and when")}
        columns={columns}
        rows={events}
        keyOf={({ seq }) => String(seq)}
        none=""
      />
    </section>
  );
}

function Choices({ choices }: { choices: Record<string, boolean> }) {
  return (
    <ul>
      {Object.entries(choices).map(([purpose, given]) => (
        <li key={purpose}>
          {purposeName(purpose)}: {given ? _("yes") : _("no")}
        </li>
      ))}
    </ul>
  );
}

function Facts({ record }: { record: Readonly<Record<string, unknown>> }) {
  const text = (name: string) => String(record[name] ?? "");
  const controller = (record["controller"] ?? {}) as Record<string, string>;
  const retention = Object.entries((record["retention"] ?? {}) as Record<string, number>);
  const minor = record["minor"];
  return (
    <section class="card">
      <h3>{_("The record")}</h3>
      <dl class="facts facts-wide">
        <Fact name={_("Record")} mono>
          {text("record_id")}
        </Fact>
        <Fact name={_("Responsible")}>
          {controller["name"]}, {controller["address"]}
        </Fact>
        <Fact name={_("Shown")}>
          {_("{when}, {seconds} s before the answer", {
            when: formatDateTime(text("served_at")),
            seconds: Math.round(Number(record["shown_for_ms"]) / 1000),
          })}
        </Fact>
        <Fact name={_("How")}>{methodName(text("method"))}</Fact>
        {record["page_path"] !== null && <Fact name={_("Page of the shop")}>{text("page_path")}</Fact>}
        {typeof minor === "boolean" && (
          <Fact name={_("Under age")}>{minor ? _("yes, so nothing is for training") : _("no")}</Fact>
        )}
        <Fact name={_("Condition")}>
          {text("conditionality") === "conditional" ? _("the chat depended on it") : _("refusing changed nothing")}
        </Fact>
        <Fact name={_("Kept")}>
          {retention.map(([purpose, days]) => _("{purpose}: {days} days", { purpose: purposeName(purpose), days })).join(", ")}
        </Fact>
        <Fact name={_("Where")}>
          {text("storage_location")} ({text("jurisdiction")})
        </Fact>
        <Fact name={_("Hash of the text on the screen")} mono>
          {text("rendered_sha256")}
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, mono, children }: { name: string; mono?: boolean; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={mono === true ? "mono" : undefined}>{children}</dd>
    </div>
  );
}
