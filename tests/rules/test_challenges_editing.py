"""What may change in which state of a challenge, and when its dates and weights are sound."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ideation.entities.challenges import EDITABLE, Authorship, Challenge, ChallengeState, Stage, VotingMethod
from ideation.entities.challenges_forms import CriterionInput
from ideation.errors import Invalid, WrongState
from ideation.ids import new_id
from ideation.rules.challenges_editing import check_edit
from ideation.rules.challenges_windows import check_published, check_weights, closes_at, takes_ideas, takes_votes
from tests.factories import NOW

PERSON = new_id()
DAY = timedelta(days=1)


def challenge(state: ChallengeState = ChallengeState.RUNNING, **given: Any) -> Challenge:
    stages = {ChallengeState.DRAFT: Stage.DRAFT, ChallengeState.DECIDED: Stage.DECIDED}
    values: dict[str, Any] = {
        "id": new_id(),
        "question": "Why?",
        "brief": "",
        "sponsor_id": PERSON,
        "owner_id": PERSON,
        "audience_departments": [],
        "audience_sites": [],
        "stage": stages.get(state, Stage.PUBLISHED),
        "state": state,
        "submit_opens_at": NOW - DAY,
        "submit_closes_at": NOW + 8 * DAY,
        "vote_opens_at": NOW - DAY,
        "vote_closes_at": NOW + 10 * DAY,
        "review_opens_at": NOW + 10 * DAY,
        "review_closes_at": NOW + 20 * DAY,
        "answer_by": NOW + 30 * DAY,
        "voting_method": VotingMethod.YES_NO,
        "counts_hidden": True,
        "blind_review": True,
        "authorship": Authorship.SHOWN,
        "shortlist_size": 20,
        "token_budget": 10,
        "reviews_per_idea": 3,
        "idea_template": "",
        "stop_words": [],
        "opened_at": None,
        "frozen_at": None,
        "decided_at": None,
        "version": 1,
        "created_by": PERSON,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Challenge(**(values | given))


OTHER: dict[str, Any] = {
    "question": "How?",
    "brief": "Because",
    "sponsor_id": new_id(),
    "owner_id": new_id(),
    "audience_departments": ["Sales"],
    "audience_sites": ["Oslo"],
    "submit_opens_at": NOW + DAY,
    "submit_closes_at": NOW + 7 * DAY,
    "vote_opens_at": NOW + DAY,
    "vote_closes_at": NOW + 9 * DAY,
    "review_opens_at": NOW + 11 * DAY,
    "review_closes_at": NOW + 19 * DAY,
    "answer_by": NOW + 29 * DAY,
    "voting_method": VotingMethod.STARS,
    "counts_hidden": False,
    "blind_review": False,
    "authorship": Authorship.SEALED,
    "shortlist_size": 5,
    "token_budget": 5,
    "reviews_per_idea": 4,
    "idea_template": "What, why, how",
    "stop_words": ["innovation"],
}
IN_REVIEW = {
    *("brief", "sponsor_id", "owner_id", "review_opens_at", "review_closes_at", "answer_by"),
    *("shortlist_size", "reviews_per_idea", "stop_words"),
}


@pytest.mark.parametrize(
    ("state", "changeable"),
    [
        (ChallengeState.DRAFT, set(EDITABLE)),
        (ChallengeState.RUNNING, IN_REVIEW | {"question", "blind_review"}),
        (ChallengeState.IN_REVIEW, IN_REVIEW),
        (ChallengeState.DECIDED, {"brief", "sponsor_id", "owner_id"}),
        (ChallengeState.ARCHIVED, set()),
    ],
)
def test_edit_allows_each_field_in_its_states(state: ChallengeState, changeable: set[str]) -> None:
    before = challenge(state)
    allowed = set()
    for name in EDITABLE:
        try:
            check_edit(before, replace(before, **{name: OTHER[name]}), NOW)
        except WrongState:
            continue
        allowed.add(name)
    assert allowed == changeable


def test_edit_of_a_scheduled_challenge_may_move_what_has_not_come() -> None:
    before = challenge(ChallengeState.SCHEDULED, submit_opens_at=NOW + DAY, vote_opens_at=NOW + DAY)
    check_edit(before, replace(before, submit_opens_at=NOW + 2 * DAY, authorship=Authorship.SEALED), NOW)
    with pytest.raises(Invalid):
        check_edit(before, replace(before, submit_opens_at=NOW - DAY), NOW)


@pytest.mark.parametrize(
    ("departments", "sites", "grows"),
    [(["Sales", "Labs"], [], True), (["Sales"], ["Oslo"], True), ([], [], True), (["Labs"], [], False)],
)
def test_audience_of_a_running_challenge_only_grows(departments: list[str], sites: list[str], grows: bool) -> None:
    before = challenge(audience_departments=["Sales"])
    after = replace(before, audience_departments=departments, audience_sites=sites)
    if grows:
        check_edit(before, after, NOW)
    else:
        with pytest.raises(WrongState):
            check_edit(before, after, NOW)


WINDOW_DATES = (
    "submit_opens_at",
    "submit_closes_at",
    "vote_opens_at",
    "vote_closes_at",
    "review_opens_at",
    "review_closes_at",
    "answer_by",
)
dates = st.one_of(st.none(), st.integers(-5, 5).map(lambda days: NOW + days * DAY))


@given(st.fixed_dictionaries(dict.fromkeys(WINDOW_DATES, dates)))
def test_published_dates_are_in_order_or_refused(windows: dict[str, datetime | None]) -> None:
    made = challenge(ChallengeState.RUNNING, **windows)
    try:
        check_published(made)
    except Invalid:
        return
    assert made.submit_opens_at is not None
    assert made.vote_opens_at is not None
    assert made.submit_opens_at <= made.vote_opens_at
    end = closes_at(made)
    assert end == made.vote_closes_at
    if end is not None:
        assert made.submit_opens_at < end
        assert made.vote_opens_at < end
        for later in (made.review_closes_at, made.answer_by):
            assert later is None or later > end
        assert not takes_ideas(made, end)
        assert not takes_votes(made, end)


def criteria(*weights: float) -> list[CriterionInput]:
    return [CriterionInput(key=f"k{n}", label="L", weight=weight) for n, weight in enumerate(weights)]


@pytest.mark.parametrize("weights", [(), (1.0,), (0.1,) * 10, (1 / 3,) * 3, (0.5, 0.5 + 9e-7)])
def test_weights_that_sum_to_one_pass(weights: tuple[float, ...]) -> None:
    check_weights(criteria(*weights))


@pytest.mark.parametrize("weights", [(0.5,), (0.5, 0.6), (0.5, 0.5 + 2e-6), (0.333,) * 3])
def test_weights_that_do_not_sum_to_one_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(Invalid):
        check_weights(criteria(*weights))
