"""What is refused is said in every language: kinds of problems, and the codes of what exactly was wrong."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from api.problems import problem_types
from api.web.refusals import word_reason, word_refusal
from api.web.texts import CATALOGUES
from ideation import errors
from ideation.errors import IdeationError
from tests.api.conftest import Api
from tests.panel_world import ask_for_review, make_ideas, make_panel_world, make_ranking, make_reviewer
from tests.web.conftest import MakeBrowser

_ROOT = Path(__file__).parents[2]
# Refusals to programs, and those that say no more than their kind does.
_FOR_PROGRAMS = ("api/authentication.py", "api/live.py", "api/pools.py", "api/rate_limits.py", "api/replay.py")


class Refusal(msgspec.Struct, frozen=True):
    """One place that refuses something: where, its code, and the values that come with it."""

    place: str
    reason: str | None
    values: frozenset[str]


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _refusals() -> Iterator[Refusal]:
    """Every error with words of its own that a page can show; what is not found is never explained there."""
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, IdeationError)}
    for path in sorted([*_ROOT.glob("ideation/**/*.py"), *_ROOT.glob("api/**/*.py")]):
        place = path.relative_to(_ROOT).as_posix()
        if place.startswith(("ideation/errors.py", "api/routes/", *_FOR_PROGRAMS)):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _name(node) in kinds - {"NotFound"}:
                yield from _read(f"{place}:{node.lineno}", node)


def _read(place: str, call: ast.Call) -> Iterator[Refusal]:
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    codes = [node.value for node in ast.walk(given.pop("reason", ast.Constant(None))) if isinstance(node, ast.Constant)]
    for code in codes:
        yield Refusal(place, code if isinstance(code, str) else None, frozenset(given))


REFUSALS = list(_refusals())


def test_every_refusal_has_a_code() -> None:
    assert len(REFUSALS) > 100
    assert [refusal.place for refusal in REFUSALS if refusal.reason is None] == []


@pytest.mark.parametrize("language", sorted(CATALOGUES))
def test_every_code_is_worded_with_values_that_come_with_it(language: str) -> None:
    texts = CATALOGUES[language].catalogue
    wrong = []
    for refusal in REFUSALS:
        text = texts.get(f"reason.{refusal.reason}")
        wanted = {name for _, name, _, _ in string.Formatter().parse(text or "") if name}
        if text is None or wanted - refusal.values:
            wrong.append((refusal.place, refusal.reason, sorted(wanted - refusal.values)))
    assert wrong == []


def test_no_text_is_for_a_code_that_does_not_exist() -> None:
    known = {
        node.value
        for path in [*_ROOT.glob("ideation/**/*.py"), *_ROOT.glob("api/**/*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    worded = {key.removeprefix("reason.") for key in CATALOGUES["en"].catalogue if key.startswith("reason.")}
    assert sorted(worded - known) == []


@pytest.mark.parametrize("language", sorted(CATALOGUES))
def test_every_kind_of_problem_has_a_title_and_a_meaning(language: str) -> None:
    texts = CATALOGUES[language].catalogue
    slugs = {kind.slug for kind in problem_types()}
    for heading in ("problem", "problem_detail"):
        assert {key.split(".")[1] for key in texts if key.startswith(f"{heading}.")} == slugs


def test_values_are_worded_too() -> None:
    german = CATALOGUES["de"]
    fixed = errors.WrongState("No.", reason="field-fixed", field="vote_closes_at", state="in_review")
    assert word_refusal(german, fixed) == (
        "„Stimmen bis“ ändert sich nicht mehr, wenn die Frage im Stand „In Begutachtung“ ist."
    )
    assert word_reason(german, "role-missing", {"role": "reviewer"}) == "Dafür ist die Rolle „Gutachten“ nötig."
    assert word_refusal(german, errors.OwnIdea()) == "Über eine eigene Idee stimmt man nicht ab."


async def test_page_refuses_in_the_language_of_its_reader(api: Api, browser_of: MakeBrowser) -> None:
    world = await make_panel_world(api.connection)
    ideas = await make_ideas(api.connection, world.challenge_id, 2)
    await make_ranking(api.connection, world.challenge_id, ideas)
    reviewer = await make_reviewer(api.connection, world.challenge_id)
    await ask_for_review(api.connection, world, ideas[0], reviewer)
    browser = await browser_of(reviewer.person_id)
    place = f"/challenges/{world.challenge_id}/panel"
    said = "You see the ranking once you have sent all your reviews of this challenge."
    assert said in (await browser.open(place, status=403)).text
    browser.client.cookies.set("ideation_language", "de")
    page = await browser.open(place, status=403)
    assert "Die Rangfolge sehen Sie, sobald Sie alle Ihre Gutachten zu dieser Frage abgeschickt haben." in page.text
    assert "Nicht erlaubt" in page.text
