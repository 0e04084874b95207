"""The catalogues: every language says everything, with the same placeholders, and pages ask for nothing else."""

import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.web.moments import Moments
from api.web.texts import CATALOGUES, choose_language
from workers.jobs import JOBS

WEB = Path(__file__).parents[2] / "api" / "web"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", sorted(set(CATALOGUES) - {"en"}))
def test_language_has_every_text_with_the_same_placeholders(language: str) -> None:
    english, other = CATALOGUES["en"].catalogue, CATALOGUES[language].catalogue
    assert sorted(other) == sorted(english)
    # A phrase is filled from an English sentence, and may leave out what only that says.
    left_out = {
        key for key in english if key.startswith("phrase.") and placeholders(other[key]) < placeholders(english[key])
    }
    assert {key: placeholders(text) for key, text in other.items() if key not in left_out} == {
        key: placeholders(text) for key, text in english.items() if key not in left_out
    }
    assert [key for key in english if (" | " in english[key]) != (" | " in other[key])] == []


def test_templates_ask_only_for_texts_that_exist() -> None:
    used = {
        key
        for template in WEB.glob("templates/*")
        for key in re.findall(r'\bt\(\s*"([^"]+)"\s*[,)]', template.read_text(encoding="utf-8"))
    }
    assert sorted(used - set(CATALOGUES["en"].catalogue)) == []


def test_every_job_has_a_name() -> None:
    names = [key for key in CATALOGUES["en"].catalogue if key.startswith("job_name.")]
    assert sorted(names) == sorted(f"job_name.{job}" for job in JOBS)


def test_parts_of_the_first_page_have_names_of_their_own() -> None:
    for texts in CATALOGUES.values():
        names = [texts(f"home.{name}") for name in ("new", "news", "my_ideas", "open", "others")]
        assert len(set(names)) == len(names)
    assert [CATALOGUES["de"](f"home.{name}") for name in ("new", "news")] == [
        "Seit Ihrem letzten Besuch",
        "Nachrichten",
    ]


def test_a_place_in_the_ranking_has_one_name() -> None:
    for language, other in (("en", r"\brank\b"), ("de", r"\bR[aä]ng")):
        said = {key: text for key, text in CATALOGUES[language].catalogue.items() if key.startswith("panel.")}
        assert [
            key for key, text in said.items() if re.search(other, re.sub(r"\{\w+\}|Rangfolge|Ranglisten", "", text))
        ] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "This money is committed: give only the budget for the ideas that are still to be decided. "),
        (
            "de",
            "Dieses Geld ist verplant: Geben Sie nur das Budget für die Ideen an, über die noch zu entscheiden ist. ",
        ),
    ],
)
def test_budget_notice_says_what_is_committed_and_what_to_give(language: str, said: str) -> None:
    assert CATALOGUES[language]("budget.approved_hint").startswith(said)


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "de-AT,en;q=0.7", "de"),
        (None, "fr, en-GB;q=0.9", "en"),
        ("de", "en", "de"),
        ("xx", "de", "de"),
        ("../de", "*", "en"),
    ],
)
def test_language_is_chosen(cookie: str | None, accepted: str, language: str) -> None:
    assert choose_language(cookie, accepted).language == language


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (timedelta(seconds=-1), "over"),
        (timedelta(minutes=20), "1 hour left"),
        (timedelta(hours=47), "47 hours left"),
        (timedelta(days=9, hours=23), "9 days left"),
    ],
)
def test_time_left_is_said_in_days_then_hours(after: timedelta, left: str) -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert Moments(CATALOGUES["en"], now).left(now + after) == left


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=59), "gerade eben"),
        (timedelta(minutes=1), "vor 1 Minute"),
        (timedelta(minutes=59), "vor 59 Minuten"),
        (timedelta(hours=23), "vor 23 Stunden"),
        (timedelta(days=2), "vor 2 Tagen"),
        (timedelta(days=40), "21. Jan. 2026"),
    ],
)
def test_what_was_is_said_in_minutes_hours_days_and_by_date(before: timedelta, said: str) -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert Moments(CATALOGUES["de"], now).ago(now - before).striptags() == said
