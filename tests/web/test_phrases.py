"""Sentences that are kept in English read in the language of the page, whatever values they hold."""

import re
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.phrases import amount, decimal, worded
from api.web.texts import CATALOGUES
from ideation.entities.challenges import VotingMethod
from ideation.entities.decisions import Decide, Outcome
from ideation.entities.fields import in_words
from ideation.entities.transfer import IdeaLine
from ideation.rules import crowd_reasons, panel_reasons
from ideation.rules.crowd_changes import _disagreement
from ideation.rules.decisions import message_for

ENGLISH, GERMAN = CATALOGUES["en"], CATALOGUES["de"]
SOMEBODY = UUID("00000000-0000-7000-8000-000000000000")


def in_german(sentence: str) -> str:
    """The German sentence; an assertion when no phrase explains it."""
    told = worded(GERMAN, sentence)
    assert told != sentence, f"no phrase explains {sentence!r}"
    return told


@pytest.mark.parametrize("method", list(VotingMethod))
@pytest.mark.parametrize(("answers", "supporters"), [(0, 0), (1, 1), (7, 2)])
def test_every_reason_of_the_crowds_ranking(method: VotingMethod, answers: int, supporters: int) -> None:
    counts = {"answers": answers, "yes": answers, "supporters": supporters, "tokens": 3}
    names = ("place", "own_department", "voters", "opponents", "caution")
    for sign in (1, -1):
        said = crowd_reasons.reasons(method, counts, dict.fromkeys(names, sign * 0.3))
        assert len(said) == 6 + bool(supporters)
        told = [in_german(sentence) for sentence in said]
        assert not any(re.search(r"\d\.\d", sentence) for sentence in told)
    for side in ("best", "worst"):
        in_german(crowd_reasons.what_would_change(method, (side, 4)) or "")


@pytest.mark.parametrize(
    "disagreement", ["the reviewers disagree overall", "reviewers disagree on Use (%): 1 against 5"]
)
def test_every_reason_of_the_panels_ranking(disagreement: str) -> None:
    in_german(disagreement)
    for count, sign in product((0, 1, 3), (1, -1)):
        told = {"review_count": count, "raw_mean": 3.25, "crowd": sign * 0.2, "severity": sign * 0.2}
        for sentence in panel_reasons.reasons(told | {"disagreement": disagreement, "wildcards": 1}):
            in_german(sentence)
    for reviews in (None, 0, 1, 12):
        in_german(panel_reasons.what_would_change(reviews))


def test_departments_that_disagree() -> None:
    import numpy as np  # noqa: PLC0415

    said = _disagreement(np.array([40.0, 40.0]), np.array([36.0, 4.0]))
    assert in_german(said or "") == "Abteilungen sind uneins: 10 % Ja gegen 90 %"


def test_every_reason_to_look_whatever_the_place() -> None:
    for reason in ("unlike the other ideas, and scored low", "the reviewers disagree", "a reviewer's wildcard"):
        in_german(reason)


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize(("reason", "lesson"), [("", ""), ("Too dear.", ""), ("", "Ask first."), ("Why: not", "L.")])
def test_every_answer_to_an_author(outcome: Outcome, reason: str, lesson: str) -> None:
    said = message_for("“Vans” 2.0", Decide(idea_ids=[SOMEBODY], outcome=outcome, reason=reason, lesson=lesson))
    told = in_german(said)
    assert told.startswith("Ihre Idee „“Vans” 2.0“ ")
    for english in ("Your idea", "What we learned"):
        assert english not in told
    assert (reason in told, lesson in told) == (True, True)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("There are ideas for you to review in “Waste?”, please by 03 March 2026.", "bis 3. März 2026."),
        ("2 of your reviews for “Waste?” are due on 2026-03-03.", "am 3. März 2026 fällig."),
        ('Your idea "Vans" was hidden by a moderator.', "Ihre Idee „Vans“ wurde von der Moderation verborgen."),
        ('Your idea "Vans" is shown again. Sorry.', "Ihre Idee „Vans“ wird wieder gezeigt. Sorry."),
        ('The comment on "Vans" that you reported was looked at and stays.', "wurde angesehen und bleibt."),
        ("Two people opened who wrote your idea, asked for by a challenge owner. The reason given: x", "Grund: x"),
        ('You are invited to be a co-author of "Vans".', "Sie sind eingeladen, Mitautor von „Vans“ zu sein."),
        (
            "“A” and “B” say the same and are now shown as one idea; both keep their authors.",
            "beide behalten ihre Autoren.",
        ),
        ("3 of 4 votes for this idea come from one department, far above its share of the cards.", "an den Karten."),
    ],
)
def test_notification_reads_in_german(said: str, told: str) -> None:
    assert in_german(said).endswith(told)
    assert worded(ENGLISH, said) == said


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b'{"title": " "}',
        b'{"title": "x", "body": "\\u0000"}',
        b'{"title": 3}',
        b'{"title": "x", "nonsense": 1}',
        b'{"title": "' + b"x" * 300 + b'"}',
        b'{"title": "x", "tags": "no list"}',
        b'{"title": "x", "submitted_at": "yesterday"}',
        b"{",
        b"[1",
        b"nonsense",
    ],
)
def test_why_a_line_is_refused_reads_in_german(line: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, msgspec.ValidationError)) as refused:
        msgspec.json.decode(line, type=IdeaLine)
    told = in_german(in_words(str(refused.value)))
    assert not re.search(r"\b(Object|Expected|Invalid|malformed)\b", told)


@given(st.text(max_size=200))
def test_what_no_phrase_explains_stays_as_it_is(sentence: str) -> None:
    assert worded(GERMAN, f"{sentence}\x00") == f"{sentence}\x00"
    assert worded(ENGLISH, sentence) == sentence


def test_numbers_read_as_the_language_writes_them() -> None:
    assert [decimal(texts, -0.126, 2, sign=True) for texts in (ENGLISH, GERMAN)] == ["-0.13", "-0,13"]
    assert decimal(GERMAN, 0.5, 1, sign=True) == "+0,5"
    numbers = (12.0, 1234567.5, 0.25)
    assert [amount(GERMAN, number) for number in numbers] == ["12", "1\u202f234\u202f567,50", "0,25"]
    assert amount(ENGLISH, 1234.5) == "1\u202f234.50"


def test_dates_know_when_they_are() -> None:
    assert datetime(2026, 3, 3, tzinfo=UTC).strftime("%d %B %Y") == "03 March 2026"
