"""How views write times: RFC 3339 in UTC with milliseconds, whatever fraction of a second there is."""

from datetime import UTC, datetime, timedelta

import pytest

from chatgate.services.core import iso
from chatgate.storage.queries.message_group import _sqlite_moment_in, _sqlite_moment_out

BEGINNING = datetime(2026, 3, 9, 7, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize("microseconds", [0, 1, 999, 1000, 120_000, 999_999])
def test_a_time_is_written_as_the_standard_library_does(microseconds):
    moment = BEGINNING + timedelta(microseconds=microseconds)
    assert iso(moment) == moment.isoformat(timespec="milliseconds")[:23] + "Z"
    assert datetime.fromisoformat(iso(moment)) == moment.replace(microsecond=microseconds // 1000 * 1000)


@pytest.mark.parametrize("microseconds", [0, 1, 999, 120_000, 999_999])
def test_sqlite_keeps_a_time_as_sqlalchemy_writes_it(microseconds):
    moment = BEGINNING + timedelta(microseconds=microseconds)
    assert _sqlite_moment_in(moment) == f"2026-03-09 07:05:04.{microseconds:06d}"
    assert _sqlite_moment_out(_sqlite_moment_in(moment)) == moment


def test_a_time_of_another_zone_is_kept_in_utc():
    warsaw = datetime.fromisoformat("2026-03-09T08:05:04.5+01:00")
    assert _sqlite_moment_in(warsaw) == "2026-03-09 07:05:04.500000"
