"""``/healthz``, ``/readyz`` and ``/metrics``: true, cheap to ask, and nothing personal."""

import sqlite3
import time
from datetime import timedelta
from timeit import timeit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chatgate import metrics
from chatgate.app import create_app
from chatgate.errors import OperatorError
from chatgate.services import conversations
from chatgate.services.outbox import deliver_due
from chatgate.services.upkeep import health
from tests.cast import hire_adam, open_shop, welcome
from tests.conftest import close

TOKEN = "a-token-for-the-scraper"


@pytest.fixture
def scraped(settings, clock):
    """Return the application of a shop with a token for its numbers."""
    app = create_app(settings(metrics_token=TOKEN), clock)
    open_shop(app.config["CHATGATE"])
    hire_adam(app.config["CHATGATE"])
    yield app
    close(app.config["CHATGATE"])


def ready(app):
    """Return status and checks, asked anew."""
    time.sleep(health.ASKED_AGAIN_SECONDS)
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.json["checks"]


def numbers(app):
    """Return every sample of /metrics by name and labels."""
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[(sample.name, *sorted(sample.labels.values()))] = sample.value
    return found, text


def test_a_shop_that_can_serve_is_ready(app):
    assert app.test_client().get("/healthz").json == {"status": "ok"}
    status, checks = ready(app)
    assert (status, set(checks.values())) == (200, {"ok"})


def test_a_database_that_cannot_be_written_is_not_ready_and_recovers_by_itself(app, monkeypatch):
    monkeypatch.setattr(health, "WRITE_SECONDS", 0.5)
    path = app.config["CHATGATE"].settings.data_dir / "chatgate.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    status, checks = ready(app)
    assert (status, checks["database"], checks["schema"]) == (503, "failed", "ok")
    assert app.test_client().get("/healthz").status_code == 200, "the process itself lives"
    other.execute("ROLLBACK")
    other.close()
    assert ready(app)[0] == 200


def test_another_schema_is_not_ready(app):
    core = app.config["CHATGATE"]
    core.storage.write_now(lambda db: db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    assert ready(app)[1]["schema"] == "another schema than this program's"


def test_a_worker_that_stands_still_is_not_ready(app):
    core = app.config["CHATGATE"]
    core.worker_seen = time.monotonic()
    assert ready(app)[0] == 200
    core.worker_seen -= health.WORKER_SECONDS + 1
    assert ready(app)[1]["worker"] == "the worker does not move"


def test_events_that_nobody_takes_up_are_not_ready(app, clock):
    core = app.config["CHATGATE"]
    conversations.close_conversation(core, welcome(core, training=True).conversation_id, "visitor")
    assert ready(app)[0] == 200
    clock.advance(seconds=(health.LAG + timedelta(seconds=1)).total_seconds())
    assert ready(app)[1]["outbox"].startswith("events wait")
    deliver_due(core)
    assert ready(app)[0] == 200


def test_a_copy_on_which_erasures_are_not_applied_yet_is_not_ready(app):
    app.config["CHATGATE"].lists_applied = False
    assert ready(app)[0] == 503


def test_asking_often_writes_once(app):
    core = app.config["CHATGATE"]
    client = app.test_client()
    before = sum(metrics.COMMIT_JOBS.numbers)
    for _ in range(20):
        client.get("/readyz")
    assert sum(metrics.COMMIT_JOBS.numbers) - before <= 3
    assert core.storage.row_counts(["audit_event"]) == {"audit_event": 0}


def test_without_a_token_there_is_no_such_page(app):
    answer = app.test_client().get("/metrics")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("sent", [None, "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ąę"])
def test_numbers_are_for_who_has_the_token(scraped, sent):
    headers = {"Authorization": sent.encode().decode("latin-1")} if sent else {}
    answer = scraped.test_client().get("/metrics", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


def test_a_token_that_can_be_guessed_is_refused(settings):
    with pytest.raises((OperatorError, ValueError)):
        settings(metrics_token="short")


def test_what_happens_is_counted_and_nothing_personal_is_shown(scraped):
    core = scraped.config["CHATGATE"]
    before, _text = numbers(scraped)
    vera = welcome(core)
    vera.writes("a canary word")
    conversations.close_conversation(core, vera.conversation_id, "visitor")
    scraped.test_client().post("/v1/sites/demo/sessions", json={})
    after, text = numbers(scraped)

    def grown(*name):
        return after.get(name, 0) - before.get(name, 0)

    assert grown("chatgate_messages_total", "visitor") == 1
    assert grown("chatgate_sessions_opened_total") == 1
    assert grown("chatgate_refusals_total", "payload_invalid") == 1
    assert grown("chatgate_commit_jobs_count") >= 2
    assert after[("chatgate_outbox_waiting",)] >= 1
    assert after[("chatgate_ready", "database")] == 1
    assert ("chatgate_sockets", "visitor") in after
    for word in ("canary", vera.conversation_id, vera.session.visitor_id, "adam", "demo"):
        assert word not in text


def test_labels_are_few_whatever_clients_send(scraped):
    client = scraped.test_client()
    before = len(numbers(scraped)[0])
    for number in range(30):
        client.get(f"/v1/sites/shop-{number}/notice")
        client.get(f"/nowhere/{number}")
    assert len(numbers(scraped)[0]) <= before + 3


def test_counting_costs_next_to_nothing():
    count = metrics.Count("test_only", "For this test.", "label")
    spread = metrics.Spread("test_only_spread", "For this test.", (1, 2, 5, 10, 20))
    metrics.ALL[-2:] = []
    rounds = 20_000
    # Beside a bare dictionary update, so that a loaded machine changes nothing.
    bare = {"a": 0}
    base = min(timeit(lambda: bare.__setitem__("a", bare["a"] + 1), number=rounds) for _ in range(5))
    assert min(timeit(lambda: count.add("a"), number=rounds) for _ in range(5)) < 8 * base
    assert min(timeit(lambda: spread.add(3), number=rounds) for _ in range(5)) < 12 * base
