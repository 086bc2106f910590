"""The hot write on PostgreSQL: what it costs does not grow with what is stored."""

from chatgate.ids import new_id, new_token
from chatgate.storage.queries.messages import NewMessage, append_messages
from tests.cast import welcome

PLANNED_AFTER = 8
"""psycopg prepares a statement after five times, and PostgreSQL keeps its plan after five more."""
SEQUENTIAL_READS = (
    "SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables WHERE relname IN ('message', 'conversation')"
)


def test_a_plan_that_was_made_while_the_tables_were_empty_reads_no_table_whole(make_core, fresh_postgresql):
    """PostgreSQL keeps a plan until it looks at the table's size again, which it does once a minute."""
    core = make_core(database_url=fresh_postgresql)
    conversations = [welcome(core).conversation_id for _ in range(3)]

    def group():
        return [
            NewMessage(new_id(), conversation, new_token("m"), "visitor", "v", None, "Hello.", core.clock.now(), None)
            for conversation in conversations
        ]

    for _ in range(2 * PLANNED_AFTER):
        core.storage.write_now(lambda db: append_messages(db, group()))

    def stores_and_counts(db):
        stored = append_messages(db, group())
        return stored, dict(db.exec_driver_sql(SEQUENTIAL_READS).all())

    stored, read = core.storage.write_now(stores_and_counts)
    assert [one.message["seq"] for one in stored] == [2 * PLANNED_AFTER + 1] * 3
    assert read["message"] == 0
