"""Every right by session and by receipt over HTTP, and the evidence for the privacy role only."""

import io
import json
import zipfile
from typing import Any

import pytest

from chatgate.policy.evidence.proof_pack import verify_pack
from chatgate.policy.evidence.receipts import build_receipt, receipt_fields, verify_receipt
from chatgate.services.accounts import agents
from chatgate.services.core import Core
from chatgate.services.evidence import ledger
from chatgate.services.rights import subjects
from tests.cast import PASSWORD, Vera, welcome
from tests.receipt_pages import fields_of


@pytest.fixture
def core(app: Any) -> Core:
    core: Core = app.config["CHATGATE"]
    return core


@pytest.fixture
def vera(core: Core) -> Vera:
    return welcome(core, training=True)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def sign_in(client: Any, email: str) -> None:
    answer = client.post("/inbox/sign-in", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200


def officer(core: Core, client: Any) -> None:
    agents.add_agent(core, "olga@kilnandcup.example", "Olga", "privacy_officer", PASSWORD)
    sign_in(client, "olga@kilnandcup.example")


def test_a_cleared_device_withdraws_and_erases_by_the_receipt(core: Core, client: Any, vera: Vera) -> None:
    vera.writes()
    headers = bearer(vera.opened["receipt"]["token"])
    assert client.get("/v1/consent", headers=headers).json["consent"]["may_train"] is True
    changed = client.patch("/v1/consent", headers=headers, json={"choices": {"training": False}})
    assert verify_receipt(changed.json["receipt"]).holds
    assert changed.json["consent"]["may_train"] is False
    done = client.post("/v1/subject-requests", headers=headers, json={"kind": "erasure"})
    assert (done.status_code, done.json["state"]) == (202, "done")
    assert core.storage.row_counts(["message", "consent_record"]) == {"message": 0, "consent_record": 0}
    assert client.get("/v1/consent", headers=headers).json["code"] == "session_invalid"


def test_the_printable_page_has_the_fields_of_the_receipt(client: Any, vera: Vera) -> None:
    page = client.get("/v1/receipt", headers=bearer(vera.opened["session_token"]))
    assert fields_of(page.text) == receipt_fields(vera.opened["receipt"])
    assert page.headers["Cache-Control"] == "no-store"


def test_the_receipts_page_is_static_and_knows_nobody(client: Any) -> None:
    page = client.get("/receipt", headers={"Accept-Language": "pl"})
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert '<html lang="pl"' in page.text


def test_the_token_opens_nothing_in_a_query(client: Any, vera: Vera) -> None:
    token = vera.opened["receipt"]["token"]
    assert client.get(f"/v1/consent?token={token}").json["code"] == "consent_required"


def test_a_receipt_sends_no_messages(client: Any, vera: Vera) -> None:
    path = f"/v1/conversations/{vera.conversation_id}/messages"
    body = {"client_id": "client-0001", "body": "Hello"}
    answer = client.post(path, headers=bearer(vera.opened["receipt"]["token"]), json=body)
    assert answer.json["code"] == "not_found"


def test_the_copy_of_the_data_comes_with_its_due_date(client: Any, vera: Vera) -> None:
    vera.writes("Where is my cup?")
    answer = client.post("/v1/subject-requests", headers=bearer(vera.opened["session_token"]), json={"kind": "access"})
    assert answer.json["due_at"] > answer.json["received_at"]
    assert answer.json["export"]["tables"]["message"][0]["body"] == "Where is my cup?"


def test_the_copy_comes_as_a_file_for_session_and_receipt(client: Any, vera: Vera) -> None:
    vera.writes("Where is my cup?")
    for token in (vera.opened["session_token"], vera.opened["receipt"]["token"]):
        body = {"kind": "access", "format": "zip"}
        answer = client.post("/v1/subject-requests", headers=bearer(token), json=body)
        assert (answer.status_code, answer.mimetype) == (200, "application/zip")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'
        assert answer.headers["Cache-Control"] == "no-store"
        with zipfile.ZipFile(io.BytesIO(answer.data)) as found:
            assert found.testzip() is None
            assert "Where is my cup?" in found.read("messages.jsonl").decode()


def test_who_asks_without_end_is_told_to_wait_and_may_still_withdraw(core: Core, client: Any, vera: Vera) -> None:
    headers = bearer(vera.opened["receipt"]["token"])
    for _ in range(subjects.ASKS_PER_WINDOW):
        assert client.post("/v1/subject-requests", headers=headers, json={"kind": "access"}).status_code == 202
    for format_ in ("json", "zip"):
        body = {"kind": "access", "format": format_}
        refused = client.post("/v1/subject-requests", headers=headers, json=body)
        assert (refused.status_code, refused.json["code"]) == (429, "rate_limited")
        assert int(refused.headers["Retry-After"]) > 0
    assert core.storage.row_counts(["subject_request"]) == {"subject_request": subjects.ASKS_PER_WINDOW}
    changed = client.patch("/v1/consent", headers=headers, json={"choices": {"training": False}})
    assert changed.json["consent"]["may_train"] is False


def test_a_copy_as_a_file_needs_a_token_as_well(client: Any, vera: Vera) -> None:
    body = {"kind": "access", "format": "zip"}
    assert client.post("/v1/subject-requests", json=body).json["code"] == "consent_required"
    assert client.post("/v1/subject-requests", headers=bearer("cgr_x"), json=body).json["code"] == "session_invalid"


def proof_of(client: Any, name: str) -> Any:
    """Ask for the evidence of one consent, and say why."""
    answer = client.post("/inbox/proof", json={"name": name, "reason": "question of the visitor"}).json
    assert answer["receipt"] is None
    return answer["proof"]


def by_receipt(client: Any, receipt: Any) -> Any:
    """Bring a receipt as the inbox does: without its access token."""
    body = {"receipt": {**receipt, "token": None}, "reason": "a visitor wrote"}
    return client.post("/inbox/proof", json=body).json


def test_a_receipt_finds_its_consent(core: Core, client: Any, vera: Vera) -> None:
    officer(core, client)
    found = by_receipt(client, vera.opened["receipt"])
    assert found["receipt"]["holds"] is True
    assert found["proof"]["conversation_id"] == vera.conversation_id


def test_a_receipt_outlives_what_was_erased(core: Core, client: Any, vera: Vera) -> None:
    officer(core, client)
    receipt = vera.opened["receipt"]
    body = {"conversation_id": vera.conversation_id, "kind": "erasure", "reason": "letter of 2 March"}
    client.post("/inbox/subject-requests", json=body)
    found = by_receipt(client, receipt)
    assert (found["receipt"]["holds"], found["proof"]) == (True, None)
    assert (
        client.post("/inbox/proof", json={"name": vera.conversation_id, "reason": "look"}).json["code"] == "not_found"
    )


def test_a_receipt_that_was_changed_or_is_of_another_shop_is_named(core: Core, client: Any, vera: Vera) -> None:
    officer(core, client)
    receipt = vera.opened["receipt"]
    changed = {**receipt, "content": {**receipt["content"], "choices": {"support": True, "training": False}}}
    stranger = build_receipt(
        bytes(range(32)),
        record=receipt["content"]["record"],
        event=receipt["content"]["event"],
        salt=bytes.fromhex(receipt["content"]["salt"]),
        seq=0,
        choices=receipt["content"]["choices"],
        complaint_authority="The authority",
        receipt_url="https://chat.shop.example/receipt",
        token_sha256="0" * 64,
    )
    for bad, code in ((changed, "receipt_signature_invalid"), (stranger, "key_unknown"), ({}, "receipt_malformed")):
        told = by_receipt(client, bad)["receipt"]
        assert told["holds"] is False
        assert code in [problem["code"] for problem in told["problems"]]


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "neither"},
        {"name": "x", "receipt": {}, "reason": "both"},
        {"name": "x", "reason": "no"},
        {"name": "x"},
    ],
)
def test_no_evidence_without_one_name_and_a_reason(core: Core, client: Any, vera: Vera, body: Any) -> None:
    officer(core, client)
    assert client.post("/inbox/proof", json=body).json["code"] == "payload_invalid"
    with core.storage.read() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM audit_event WHERE action = 'proof_read'").scalar_one() == 0


def test_nobody_without_the_role_reads_the_evidence(core: Core, client: Any, vera: Vera) -> None:
    asked = {"name": vera.conversation_id, "reason": "curiosity"}
    assert client.post("/inbox/proof", json=asked).json["code"] == "sign_in_required"
    agents.add_agent(core, "ben@kilnandcup.example", "Ben", "agent", PASSWORD)
    sign_in(client, "ben@kilnandcup.example")
    for wanted in ("/inbox/proof", "/inbox/proof/pack"):
        assert client.post(wanted, json=asked).json["code"] == "forbidden"
    assert client.get("/inbox/subject-requests").json["code"] == "forbidden"
    with core.storage.read() as db:
        actions = db.exec_driver_sql("SELECT action FROM audit_event").scalars().all()
    assert not {"proof_read", "proof_exported"} & set(actions)


def test_the_privacy_officer_reads_and_exports_and_both_are_on_record(core: Core, client: Any, vera: Vera) -> None:
    ledger.make_checkpoint(core)
    officer(core, client)
    record_id = vera.opened["consent"]["record_id"]
    for name in (vera.conversation_id, record_id, f"{record_id}.1"):
        shown = proof_of(client, name)
        assert shown["verification"]["holds"] is True
        assert shown["record"]["record_id"] == record_id
    assert shown["notices"][0]["clauses"][0]["text"].startswith("Kiln & Cup may process")
    pack = client.post("/inbox/proof/pack", json={"name": record_id, "reason": "letter of the authority"})
    check = verify_pack(pack.data)
    assert check.holds
    assert check.pending == ()
    assert "README.txt" in zipfile.ZipFile(io.BytesIO(pack.data)).namelist()
    with core.storage.read() as db:
        rows = db.exec_driver_sql("SELECT action, subject_id, actor, reason FROM audit_event").all()
    actions = [row.action for row in rows]
    assert actions.count("proof_read") == 3
    assert actions.count("proof_exported") == 1
    assert all(row.actor.startswith("agent:") for row in rows)
    assert {(row.action, row.reason) for row in rows if row.action.startswith("proof")} == {
        ("proof_read", "question of the visitor"),
        ("proof_exported", "letter of the authority"),
    }
    assert vera.opened["receipt"]["token"] not in json.dumps(shown)


def test_altered_evidence_is_shown_as_altered(core: Core, client: Any, vera: Vera) -> None:
    officer(core, client)

    def edit(db: Any) -> None:
        db.exec_driver_sql("DROP TRIGGER consent_event_no_update")
        db.exec_driver_sql("UPDATE consent_event SET choices = json_object('support', json('true'))")

    core.storage.write_now(edit)
    shown = proof_of(client, vera.conversation_id)
    assert shown["verification"]["holds"] is False
    assert "event_altered:0" in [problem["code"] for problem in shown["verification"]["problems"]]


def test_the_officer_acts_on_a_letter(core: Core, client: Any, vera: Vera) -> None:
    officer(core, client)
    body = {"conversation_id": vera.conversation_id, "kind": "erasure", "reason": "letter of 2 March"}
    assert client.post("/inbox/subject-requests", json=body).json["state"] == "done"
    listed = client.get("/inbox/subject-requests").json["requests"]
    assert [(row["kind"], row["state"]) for row in listed] == [("erasure", "done")]
    with core.storage.read() as db:
        rows = db.exec_driver_sql("SELECT action, subject_id FROM audit_event WHERE action LIKE 'subject_%'").all()
    assert len(rows) == 1
    assert rows[0].subject_id != vera.conversation_id


def test_another_site_can_not_act_for_the_officer(core: Core, client: Any, vera: Vera) -> None:
    officer(core, client)
    body = {"conversation_id": vera.conversation_id, "kind": "erasure", "reason": "by a forged form"}
    answer = client.post("/inbox/subject-requests", json=body, headers={"Origin": "https://evil.example"})
    assert answer.json["code"] == "origin_not_allowed"
    assert core.storage.row_counts(["conversation"])["conversation"] == 1
