"""The details of steps on record read in the language of the page, whatever an action writes into them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from api.web.audit_words import _WORDS, named_details
from api.web.moments import Moments
from api.web.texts import CATALOGUES
from ideation.actions.people import end_access
from ideation.entities.challenges import EDITABLE, Authorship, Stage, VotingMethod
from ideation.entities.decisions import AnswerSummary, Outcome
from ideation.entities.moderation import Outcome as ReportOutcome
from ideation.entities.people import Role, Scope
from ideation.entities.review_plans import SetReviewPlan
from ideation.entities.shortlists import ShortlistMethod
from ideation.ids import new_id
from ideation.queries.erasure import _REMOVALS
from tests.api.conftest import Api
from tests.factories import NOW, insert
from tests.web.conftest import MakeBrowser

ACTIONS = Path(__file__).parents[2] / "ideation" / "actions"
# What leads to a row, by whatever name a module calls it; and what of it is no detail.
RECORDING = {"record", "_record", "_start", "store_challenge"}
COLUMNS = {"action", "actor_id", "challenge_id", "details", "now", "subject_id", "subject_kind"}
# Written from something else than words in the code: structures, and what was counted elsewhere.
BUILT = {
    *AnswerSummary.__struct_fields__,
    *SetReviewPlan.__struct_fields__,
    *_REMOVALS,
    *EDITABLE,
    *("stage", "frozen_at", "decided_at"),
}


def name_called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def names_written(source: str) -> Iterator[str]:
    """Keys of dictionaries, and named values, in the functions that record a step."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        inside = list(ast.walk(function))
        calls = [one for one in inside if isinstance(one, ast.Call) and name_called(one) in RECORDING]
        if not calls and function.name != end_access.__name__:
            continue
        keys = [key for one in inside if isinstance(one, ast.Dict) for key in one.keys]
        keys += [one.slice for one in inside if isinstance(one, ast.Subscript)]
        yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
        yield from ({word.arg for call in calls for word in call.keywords if word.arg} - COLUMNS)


def test_everything_that_actions_write_has_a_name() -> None:
    written = {name for path in ACTIONS.glob("*.py") for name in names_written(path.read_text(encoding="utf-8"))}
    assert {"reviews_released", "sessions_ended", "max_reviews", "reason", "into", "joined"} <= written
    known = {key.partition(".")[2] for key in CATALOGUES["en"].catalogue if key.startswith(("audit_detail.", "field."))}
    assert sorted((written | BUILT) - known - {"changed"}) == []
    named = {key.partition(".")[2] for key in CATALOGUES["en"].catalogue if key.startswith("audit_detail.")}
    assert sorted(named - written - BUILT) == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("authorship", Authorship),
        ("method", ShortlistMethod),
        ("outcome", [*Outcome, *ReportOutcome]),
        ("role", Role),
        ("roles", Role),
        ("scopes", Scope),
        ("stage", Stage),
        ("voting_method", VotingMethod),
        ("kind", ["reciprocal", "ring", "burst", "one_department"]),
        ("naming", ["names", "pseudonyms"]),
        ("change", ["add", "remove", "move"]),
    ],
)
def test_every_value_of_a_kind_has_words(name: str, values: list[str]) -> None:
    catalogue = CATALOGUES["de"].catalogue
    assert [value for value in values if not {f"{_WORDS[name]}.{value}", f"audit_value.{value}"} & set(catalogue)] == []


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"role": "reviewer", "reviews_released": 1200}, "Rolle: Gutachten; Neu vergebene Gutachten: 1\u202f200"),
        ({"roles": ["moderator", "administrator"]}, "Rollen: Moderation, Verwaltung"),
        ({"outcome": "declined", "reason": "selected"}, "Ergebnis: Abgelehnt; Grund: selected"),
        ({"outcome": "hidden"}, "Ergebnis: verborgen"),
        ({"before": ["proposed"], "after": []}, "Vorher: nicht entschieden; Nachher: –"),
        ({"pinned": True, "name": None}, "Festgehalten: Ja; Name: –"),
        ({"expires_at": "2026-03-02T09:00:00+00:00"}, "Gültig bis: 2. März 2026, 09:00 UTC"),
        ({"answer_rate": 0.5}, "Anteil beantwortet: 0,50"),
        (
            {"reason": "More time.", "changed": {"stage": ["draft", "published"], "brief": ["(text)", "(text)"]}},
            "Grund: More time.; Stand: Entwurf → veröffentlicht; Beschreibung: Text geändert",
        ),
        ({"costs": {"some id": 12.5, "other id": None}}, "Kosten: some id: 12,50; other id: –"),
        ({"unheard_of": "x"}, "unheard_of: x"),
        ({}, ""),
    ],
)
def test_details_read_in_german(details: dict[str, object], said: str) -> None:
    texts = CATALOGUES["de"]
    named = named_details(texts, Moments(texts, NOW), msgspec.to_builtins(details))
    assert "; ".join(f"{name}: {value}" for name, value in named) == said


async def test_audit_page_names_details_and_subjects_in_german(api: Api, browser_of: MakeBrowser) -> None:
    administrator = await browser_of(roles=["administrator"])
    step = {"at": NOW, "action": "role.grant", "subject_kind": "person", "subject_id": str(new_id())}
    await insert(api.connection, "audit_events", **step, details={"role": "<b>"})
    await insert(api.connection, "audit_events", **step, details={"role": "reviewer"})
    administrator.client.cookies.set("ideation_language", "de")
    page = await administrator.open("/admin/audit?action=role.grant")
    assert "role.grant Person Rolle: Gutachten " in page.text
    assert "role.grant Person Rolle: <b> " in page.text
