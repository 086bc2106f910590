"""Every column that can hold something of a person says which kind, why, and for how long."""

import pytest
from sqlalchemy import JSON, LargeBinary, String, Text

from chatgate.models.tables import METADATA
from chatgate.models.training import TrainingTable
from tests.cast import welcome

CATEGORIES = {"content", "identifier", "contact", "consent", "behaviour", "secret"}
PURPOSES = {"support", "training", "proof", "security", "work"}
RETENTIONS = {"conversation", "proof", "training", "agent", "short"}
NOT_PERSONAL = {
    "alembic_version": "all",
    "site": "all",
    "consent_notice": "all",
    "ledger_leaf": "all",
}
"""Tables about the shop, its texts, and numbers and hashes."""


def personal_columns():
    """Return every column with privacy metadata."""
    tables = [*METADATA.tables.values(), *TrainingTable.metadata.tables.values()]
    return [column for table in tables for column in table.columns if column.info]


def test_metadata_is_whole_and_from_the_known_words():
    columns = personal_columns()
    assert len(columns) > 20
    for column in columns:
        assert column.info["category"] in CATEGORIES, column
        assert column.info["purpose"] in PURPOSES, column
        assert column.info["retention"] in RETENTIONS, column


@pytest.mark.parametrize("table", sorted(set(METADATA.tables) - set(NOT_PERSONAL)))
def test_free_text_is_never_without_metadata(table):
    """A short code or an id may be; what holds words of any length may not, unless it is said here why."""
    known = {
        "consent_record.controller",
        "consent_record.retention",
        "consent_record.storage_location",
        "consent_record.withdrawal_method",
        "consent_record.jurisdiction",
        "consent_record.widget_build",
        "conversation.closed_reason",
        "audit_event.reason",
        "outbox_event.detail",
        "canned_reply.body",
        "dataset_release.recipient",
        "dataset_release.override_reason",
        "subject_request.detail",
        "tombstone.seqs",
    }
    wordy = [
        f"{table}.{column.name}"
        for column in METADATA.tables[table].columns
        if isinstance(column.type, Text | JSON | LargeBinary) and not column.info
    ]
    assert set(wordy) <= known


def test_a_canary_in_every_field_of_a_visitor_is_found_only_in_columns_with_metadata(core):
    """What a visitor can make us store ends up in labelled columns only."""
    from chatgate.services import conversations

    canary = "canary-4be1"
    vera = welcome(core, page_path=f"/{canary}")
    vera.writes(canary)
    conversations.set_profile(core, vera.conversation_id, {"name": canary})
    labelled = {(column.table.name, column.name) for column in personal_columns()}
    found = set()
    with core.storage.read() as db:
        for table in METADATA.tables.values():
            for row in db.execute(table.select()):
                found |= {(table.name, name) for name, value in row._mapping.items() if canary in str(value)}
    assert len(found) >= 3
    assert found <= labelled


def test_identifiers_of_people_are_no_addresses_or_agents():
    names = {column.name for table in METADATA.tables.values() for column in table.columns}
    assert not {name for name in names if name in ("ip", "ip_address", "user_agent", "remote_addr")}


def test_text_columns_of_messages_have_no_length_that_cuts(core):
    assert isinstance(METADATA.tables["message"].c.body.type, Text)
    assert not isinstance(METADATA.tables["message"].c.body.type, String) or (
        METADATA.tables["message"].c.body.type.length is None
    )
