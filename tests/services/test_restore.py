"""The restore drill: what comes back, and whatever was erased or withdrawn since stays so. ER3."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from chatgate.app import create_app
from chatgate.errors import OperatorError, Refusal
from chatgate.ids import new_token
from chatgate.services import attachments, consents, messages, sessions
from chatgate.services.consents import ChangeRequest
from chatgate.services.evidence import ledger
from chatgate.services.learning import assistance
from chatgate.services.rights import subjects
from chatgate.services.upkeep import backup
from chatgate.storage import migrate
from tests.cast import decision, shown, welcome
from tests.conftest import close
from tests.fingerprint import holding
from tests.services.attaching import sends
from tests.services.drills import (
    ASSISTANT,
    ERASED,
    KEPT,
    WITHDRAWN,
    back_up,
    begin,
    chat,
    put_back,
    state_of,
    stored_names,
    work,
)


def test_the_restore_drill(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    erased, withdrawn, kept = (chat(core, word) for word in (ERASED, WITHDRAWN, KEPT))
    made = back_up(shop, tmp_path / "b.zip")
    assert made["rows"] == {"conversation": 3, "message": 6, "consent_record": 3, "training_item": 3}

    subjects.ask(core, erased, "erasure")
    consents.change_consent(core, withdrawn, ChangeRequest({"training": False}))
    late = chat(core, "late")
    close(core)

    done = put_back(shop, tmp_path / "b.zip", replace=True)
    assert (done["erased"], done["withdrawn"], done["training_removed"]) == (1, 1, 1)
    if not shop.settings.database_url:
        assert holding(shop.settings.data_dir, ERASED) == []

    core = shop.open()
    assert state_of(core, erased) is None
    assert state_of(core, late) is None
    assert state_of(core, withdrawn).may_train is False
    assert state_of(core, kept).may_train is True
    assert len(core.sinks["database"].item_ids()) == 1
    assert ledger.verify_ledger(core).holds
    with core.storage.read() as db:
        words = db.exec_driver_sql("SELECT body FROM message").scalars().all()
        kept_rows = db.exec_driver_sql("SELECT count(*) FROM agent_session").scalar_one()
    assert not any(ERASED in word for word in words)
    assert kept_rows == 0
    work(core)
    asking = welcome(core)
    asking.writes("dishwasher?")
    offered = [one["text"] for one in assistance.suggestions(core, asking.conversation_id)["suggestions"]]
    assert not any(ERASED in text or WITHDRAWN in text for text in offered)


def test_what_the_training_copy_lacks_is_exported_again_under_the_consent_of_now(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    conversation_id = chat(core, KEPT)
    (item,) = core.sinks["database"].item_ids()
    core.sinks["database"].retract(item)
    back_up(shop, tmp_path / "b.zip")
    close(core)
    done = put_back(shop, tmp_path / "b.zip", replace=True)
    assert done["training_exported_again"] == 1
    core = shop.open()
    work(core)
    (again,) = core.sinks["database"].item_ids()
    assert again != item
    assert state_of(core, conversation_id).may_train


def test_a_yes_after_a_withdrawal_is_not_taken_back(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    conversation_id = chat(core, KEPT)
    consents.change_consent(core, conversation_id, ChangeRequest({"training": False}))
    shop.clock.advance(seconds=5)
    answer = shown(core)
    again = decision(answer, True)
    consents.change_consent(
        core,
        conversation_id,
        ChangeRequest({"training": True}, again["display_token"], again["rendered_sha256"]),
    )
    back_up(shop, tmp_path / "b.zip")
    close(core)
    assert put_back(shop, tmp_path / "b.zip", replace=True)["withdrawn"] == 0
    core = shop.open()
    assert state_of(core, conversation_id).may_train


def test_the_end_of_a_session_and_a_restriction_survive_a_restore(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    ended, restricted = welcome(core), welcome(core)
    back_up(shop, tmp_path / "b.zip")
    consents.change_consent(core, ended.conversation_id, ChangeRequest({"support": False}))
    subjects.ask(core, restricted.conversation_id, "restriction")
    close(core)
    done = put_back(shop, tmp_path / "b.zip", replace=True)
    assert (done["withdrawn"], done["restricted"]) == (1, 1)
    core = shop.open()
    row = state_of(core, ended.conversation_id)
    assert (row.may_talk, row.state) == (False, "closed")
    assert state_of(core, restricted.conversation_id).restricted


@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_starting_on_an_older_copy_that_was_put_back_by_hand_applies_both_lists(shop: Any) -> None:
    core = begin(shop)
    erased, withdrawn = chat(core, ERASED), chat(core, WITHDRAWN)
    close(core)
    path = shop.settings.data_dir / "chatgate.db"
    copy = path.read_bytes()
    core = shop.open()
    subjects.ask(core, erased, "erasure")
    consents.change_consent(core, withdrawn, ChangeRequest({"training": False}))
    close(core)
    path.write_bytes(copy)
    app = create_app(shop.settings, shop.clock, ASSISTANT)
    core = app.config["CHATGATE"]
    assert state_of(core, erased) is None
    assert state_of(core, withdrawn).may_train is False
    close(core)


def test_a_backup_of_an_older_schema_is_migrated(shop: Any, tmp_path: Path) -> None:
    url = backup.urls_of(shop.settings)[0]
    begin(shop).storage.close()
    close(shop.open())
    older = migrate.revisions()[0]
    fresh = tmp_path / "older.db"
    if not shop.settings.database_url:
        migrate.upgrade(f"sqlite:///{fresh}", target=older)
        (shop.settings.data_dir / "chatgate.db").unlink()
        fresh.replace(shop.settings.data_dir / "chatgate.db")
    else:
        from sqlalchemy import create_engine

        from chatgate.storage import snapshot

        engine = create_engine(url)
        with engine.begin() as db:
            snapshot.drop_tables(db)
        engine.dispose()
        migrate.upgrade(url, target=older)
    made = back_up(shop, tmp_path / "b.zip")
    assert made["schema"] == older
    put_back(shop, tmp_path / "b.zip", replace=True)
    assert migrate.revision_of(url) == migrate.newest_revision()


def test_files_of_chats_come_back_and_those_of_an_erased_chat_do_not(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    kept, erased = welcome(core), welcome(core)
    files = [sends(vera) for vera in (kept, erased)]
    made = back_up(shop, tmp_path / "b.zip")
    assert sum(part["name"].startswith("attachments/") for part in made["parts"]) == 2
    subjects.ask(core, erased.conversation_id, "erasure")
    close(core)
    shutil.rmtree(shop.settings.data_dir / "attachments")
    put_back(shop, tmp_path / "b.zip", replace=True)
    core = shop.open()
    view, data = attachments.read_attachment(core, files[0]["id"], kept.conversation_id)
    assert (view["id"], len(data) > 100) == (files[0]["id"], True)
    with pytest.raises(Refusal):
        attachments.read_attachment(core, files[1]["id"], erased.conversation_id)
    (left,) = [path for path in (shop.settings.data_dir / "attachments").rglob("*") if path.is_file()]
    assert left.name == files[0]["id"]


def test_files_outside_of_the_data_directory_are_in_the_backup_and_come_back_there(shop: Any, tmp_path: Path) -> None:
    outside_of_it = tmp_path / "big-disk"
    shop.settings.attachments.directory = str(outside_of_it)
    core = begin(shop)
    vera = welcome(core)
    sent = sends(vera)
    made = back_up(shop, tmp_path / "b.zip")
    assert sum(part["name"].startswith("attachments/") for part in made["parts"]) == 1
    after = sends(vera)
    close(core)
    (outside_of_it / "lost+found").mkdir()
    (outside_of_it / "of-somebody-else.txt").write_text("stays", encoding="utf-8")
    with pytest.raises(OperatorError, match="--replace"):
        put_back(shop, tmp_path / "b.zip")
    assert len(stored_names(outside_of_it)) == 2
    put_back(shop, tmp_path / "b.zip", replace=True)
    core = shop.open()
    view, data = attachments.read_attachment(core, sent["id"], vera.conversation_id)
    assert (view["id"], len(data) > 100) == (sent["id"], True)
    assert stored_names(outside_of_it) == [sent["id"]] != [after["id"]]
    assert not (shop.settings.data_dir / "attachments").exists()
    assert sorted(path.name for path in outside_of_it.iterdir() if len(path.name) > 2) == [
        "lost+found",
        "of-somebody-else.txt",
    ]


def test_an_open_chat_whose_client_knows_more_than_the_backup_goes_on(shop: Any, tmp_path: Path) -> None:
    core = begin(shop)
    vera = welcome(core)
    vera.writes("in the backup")
    back_up(shop, tmp_path / "b.zip")
    for number in range(3):
        vera.writes(f"after it {number}")
    close(core)
    put_back(shop, tmp_path / "b.zip", replace=True)
    core = shop.open()
    session = sessions.read_session(core, vera.opened["session_token"])
    messages.post_visitor_message(core, session, new_token("m"), "again", new_token("k"))
    resumed = sessions.resume_session(core, session, last_seq=4)
    assert [message["body"] for message in resumed["messages"]] == ["in the backup", "again"]
