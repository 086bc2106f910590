"""How fast the inbox lists, opens and searches, with few and with many closed conversations.

Run ``python -m tests.benchmarks.inbox --closed 100000 --closed 1000000``; it seeds a database for each size, measures
the services on it, and prints a table. It reports and asserts nothing. With ``--postgresql`` the database is one of
PostgreSQL's, of this benchmark's own, as it comes; the last column is what a call cost its processes on average.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from chatgate.app import create_core
from chatgate.bench.shared import backing
from chatgate.config import Settings
from chatgate.ids import new_id
from chatgate.services.accounts.signed_in import SignedInAgent
from chatgate.services.core import Core
from chatgate.services.desk import inbox, search
from chatgate.storage import fulltext
from chatgate.storage.engine import driver_connection
from chatgate.storage.queries.inbox import Filters
from tests.cast import open_shop, welcome
from tests.desks import hired

MESSAGES = 3
CHUNK = 5_000
WORDS = [
    *("cup", "glaze", "order", "parcel", "refund", "kettle", "delivery", "invoice", "return", "size", "colour"),
    *("filiżanka", "zamówienie", "zwrot", "paczka", "faktura", "szkliwo", "dostawa", "reklamacja", "kolor", "kurier"),
    *("hello", "please", "thank", "when", "where", "which", "still", "today", "tomorrow", "voucher", "shop", "oven"),
]
"""Each is in every fourth message or so: the worst case for a search."""
BODIES = 5_000


def main() -> None:
    """Seed and measure each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=10_000, help="open conversations (default %(default)s)")
    parser.add_argument("--closed", type=int, action="append", help="closed conversations; may be given again")
    parser.add_argument("--rounds", type=int, default=100, help="calls of each kind (default %(default)s)")
    parser.add_argument("--postgresql", action="store_true", help="measure on PostgreSQL")
    parser.add_argument("--data-dir", type=Path, help="keep the data here and use it again")
    options = parser.parse_args()
    print(f"{'closed':>9}  {'what':32}  {'p50 ms':>8}  {'p95 ms':>8}  {'p95 of the processor':>20}  {'database':>8}")
    for closed in options.closed or [100_000, 1_000_000]:
        with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
            base = (options.data_dir or Path(temporary)) / str(closed)
            server = stack.enter_context(backing()) if options.postgresql else None
            url = server.fresh_environment()["CHATGATE_DATABASE_URL"] if server else ""
            core = create_core(Settings(data_dir=base, database_url=url))
            agent = seed(core, options.open, closed)
            for name, call in calls(core, agent, options.open + closed):
                before = server.postgresql_cpu_seconds() if server else 0.0
                p50, p95, own = measure(call, options.rounds)
                its = (server.postgresql_cpu_seconds() - before) * 1000 / options.rounds if server else 0.0
                print(f"{closed:>9}  {name:32}  {p50:8.2f}  {p95:8.2f}  {own:20.2f}  {its:8.2f}", flush=True)
            print(f"{closed:>9}  load average of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            core.storage.close()


def measure(call: Callable[[], Any], rounds: int) -> tuple[float, float, float]:
    """Return the median and the 95th percentile of a call, and that of its processor time, in milliseconds.

    On a machine that does other work too, only the processor's time says what the call itself costs.
    """
    took, worked = [], []
    for _ in range(rounds):
        began, began_working = time.perf_counter(), time.process_time()
        call()
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - began_working) * 1000)
    took.sort()
    worked.sort()
    late = int(rounds * 0.95)
    return took[rounds // 2], took[late], worked[late]


def rare_number(chance: random.Random, conversations: int) -> str:
    """Return a number that about one message has, however many conversations there are."""
    return f"{chance.randrange(conversations * MESSAGES):08}"


def calls(core: Core, agent: Any, total: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield what an agent does all day."""
    chance = random.Random(7)
    first = inbox.list_conversations(core, agent, view="open", limit=200)
    ids = [row["id"] for row in first["conversations"]]
    deep = first["next"]
    for _ in range(20):
        deep = inbox.list_conversations(core, agent, view="open", limit=200, before=deep)["next"]

    def listing(view: str, **more: Any) -> Callable[[], Any]:
        return lambda: inbox.list_conversations(core, agent, view=view, limit=50, **more)

    def searching(words: Callable[[], str], filters: Filters | None = None) -> Callable[[], Any]:
        return lambda: search.search(core, agent, words(), filters or Filters(), 30)

    yield "list open", listing("open")
    yield "list open, page 22", listing("open", before=deep)
    yield "list open by waiting", listing("open", waiting=True)
    yield "list mine", listing("mine")
    yield "list unassigned", listing("unassigned")
    yield "list closed", listing("closed")
    yield "list closed in Polish", listing("closed", filters=Filters(locale="pl"))
    yield "list open, training given", listing("open", filters=Filters(consent="training"))
    yield "open conversation", lambda: inbox.open_conversation(core, agent, chance.choice(ids))
    yield "search a word", searching(lambda: chance.choice(WORDS))
    yield "search three letters", searching(lambda: chance.choice(WORDS)[:3])
    yield "search two letters", searching(lambda: chance.choice(WORDS)[:2])
    yield "search two words", searching(lambda: " ".join(chance.sample(WORDS, 2)))
    yield "search a rare number", searching(lambda: rare_number(chance, total))
    yield "search, open in Polish", searching(lambda: chance.choice(WORDS), Filters(locale="pl", agent="none"))


def seed(core: Core, opened: int, closed: int) -> Any:
    """Fill a database, unless it is filled: one real consent, copied for every conversation; return an agent."""
    if core.storage.row_counts(["site"])["site"]:
        with core.storage.read() as db:
            known = db.exec_driver_sql("SELECT id, name, email, role FROM agent").one()
        return SignedInAgent(*known)
    open_shop(core)
    agent = hired(core)
    welcome(core).writes()
    fill(core, agent.id, opened, closed)
    return agent


def fill(core: Core, agent_id: str, opened: int, closed: int) -> None:
    """Copy the first conversation, with its consent, so many times; a third of the copies are the agent's."""
    with core.storage.read() as db:
        templates = {
            name: dict(db.exec_driver_sql(f"SELECT * FROM {name}").mappings().first() or {})
            for name in ("visitor", "consent_record", "consent_event", "conversation", "message", "ledger_leaf")
        }
    del templates["message"]["n"]
    total = opened + closed
    on_postgresql = core.storage.dialect == "postgresql"
    if on_postgresql:  # made anew in the end: row by row it takes several times as long
        core.storage.write_now(lambda db: db.exec_driver_sql("DROP INDEX message_fts"))
    for begin in range(0, total, CHUNK):
        span = range(begin, min(total, begin + CHUNK))
        core.storage.write_now(lambda db, span=span: _fill(db, templates, span, (closed, total), agent_id, core))
        if sys.stderr.isatty():
            print(f"\rseeding {span.stop:,} of {total:,}", end="", file=sys.stderr)
    if on_postgresql:
        core.storage.write_now(fulltext.install)
    core.storage.write_now(lambda db: db.exec_driver_sql("ANALYZE"))


def _fill(
    db: Connection,
    templates: dict[str, dict[str, Any]],
    span: range,
    sizes: tuple[int, int],
    agent_id: str,
    core: Core,
) -> None:
    """Insert a part of all conversations; ``sizes`` are the closed ones, which come first, and all."""
    closed, total = sizes
    chance = random.Random(span.start)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in templates}
    bodies = [" ".join(chance.choices(WORDS, k=12)) for _ in range(BODIES)]
    now = core.clock.now()
    for number in span:
        visitor, record, conversation, event = new_id(), new_id(), new_id(), new_id()
        leaf = f"{number + 1:064x}"
        moment = now - timedelta(days=400) + timedelta(seconds=30 * number)
        at = moment if db.dialect.name == "postgresql" else moment.strftime("%Y-%m-%d %H:%M:%S.%f")
        is_open = number >= closed
        rows["visitor"].append(templates["visitor"] | {"id": visitor})
        rows["consent_record"].append(
            templates["consent_record"]
            | {"id": record, "subject_id": visitor, "receipt_token_hash": f"{number:064x}", "given_at": at}
        )
        rows["ledger_leaf"].append({**templates["ledger_leaf"], "seq": number + 10, "leaf_hash": leaf})
        rows["consent_event"].append(
            templates["consent_event"]
            | {"id": event, "record_id": record, "leaf_hash": leaf, "ledger_seq": number + 10, "event_at": at}
        )
        rows["conversation"].append(
            templates["conversation"]
            | {
                "id": conversation,
                "visitor_id": visitor,
                "consent_record_id": record,
                "state": "open" if is_open else "closed",
                "assigned_agent_id": chance.choice([agent_id, None, None]),
                **_moments(chance, at, is_open=is_open),
            }
        )
        for seq in range(1, MESSAGES + 1):
            body = f"{chance.choice(bodies)} {rare_number(chance, total)}"
            rows["message"].append(
                templates["message"]
                | {"id": new_id(), "conversation_id": conversation, "seq": seq, "client_id": None, "body": body}
            )
    _insert(db, rows)


def _moments(chance: random.Random, at: Any, *, is_open: bool) -> dict[str, Any]:
    return {
        "locale": chance.choice(["en", "en", "pl"]),
        "may_train": chance.random() < 0.3,
        "last_seq": MESSAGES,
        "waiting_since_at": at if is_open and chance.random() < 0.5 else None,
        "opened_at": at,
        "last_activity_at": at,
        "closed_at": None if is_open else at,
    }


def _insert(db: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    for name, values in rows.items():
        columns = list(values[0])
        names = ", ".join(f'"{column}"' for column in columns)
        if db.dialect.name == "postgresql":
            with driver_connection(db).cursor().copy(f'COPY "{name}" ({names}) FROM STDIN') as copy:
                for row in values:
                    copy.write_row([json.dumps(one) if isinstance(one, (dict, list)) else one for one in row.values()])
            continue
        marks = ", ".join("?" for _ in columns)
        db.exec_driver_sql(
            f'INSERT INTO "{name}" ({names}) VALUES ({marks})',
            [tuple(row[column] for column in columns) for row in values],
        )
    if db.dialect.name == "sqlite":
        while not fulltext.add_messages(db):
            pass


if __name__ == "__main__":
    main()
