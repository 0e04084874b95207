"""The judge of the fault harness: it must see every way in which a promise to a client can be broken."""

from collections import Counter
from uuid import uuid4

import pytest

from benchmarks.faults.ledger import Ledger, Outcome

IDEA, PERSON = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("outcome", "times", "wrong"),
    [
        ("acknowledged", 1, False),
        ("acknowledged", 0, True),
        ("acknowledged", 2, True),
        ("refused", 0, False),
        ("refused", 1, True),
        ("unclear", 0, False),
        ("unclear", 1, False),
        ("unclear", 2, True),
    ],
)
def test_a_text_is_there_as_often_as_was_said(outcome: Outcome, times: int, *, wrong: bool) -> None:
    ledger = Ledger()
    ledger.note_text("comment", "a", outcome)
    assert bool(ledger.check_texts("comment", Counter({"a": times} if times else {}))) is wrong


def test_what_nobody_asked_for_is_wrong() -> None:
    ledger = Ledger()
    assert ledger.check_texts("idea", Counter(["a"])) == ["idea a is there though nobody asked for it"]
    assert len(ledger.check_votes({(IDEA, PERSON): 1})) == 1


@pytest.mark.parametrize(
    ("told", "stored", "wrong"),
    [
        ([(1, "acknowledged")], {(IDEA, PERSON): 1}, False),
        ([(1, "acknowledged")], {(IDEA, PERSON): 0}, True),
        ([(1, "acknowledged")], {}, True),
        ([(1, "acknowledged"), (0, "acknowledged")], {(IDEA, PERSON): 1}, True),
        ([(1, "acknowledged"), (None, "unclear")], {(IDEA, PERSON): None}, False),
        ([(1, "acknowledged"), (None, "unclear")], {(IDEA, PERSON): 1}, False),
        ([(1, "acknowledged"), (None, "unclear")], {(IDEA, PERSON): 0}, True),
        ([(0, "unclear"), (1, "acknowledged")], {(IDEA, PERSON): 0}, True),
        ([(1, "refused")], {(IDEA, PERSON): 1}, True),
        ([(1, "refused")], {}, False),
        ([(1, "acknowledged"), (0, "refused")], {(IDEA, PERSON): 1}, False),
    ],
)
def test_the_last_acknowledged_vote_stands(
    told: list[tuple[int | None, Outcome]], stored: dict[tuple[object, object], int | None], *, wrong: bool
) -> None:
    ledger = Ledger()
    for value, outcome in told:
        ledger.note_vote(IDEA, PERSON, value, outcome)
    assert bool(ledger.check_votes(stored)) is wrong  # type: ignore[arg-type]
