"""Identifiers sort by the time they were made."""

import time
from uuid import RFC_4122

from ideation.ids import new_id


def test_id_is_a_version_7_uuid_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after


def test_ids_of_one_millisecond_differ() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_ids_sort_by_time() -> None:
    first = new_id()
    while time.time_ns() // 1_000_000 <= first.int >> 80:
        pass
    assert first < new_id()
