"""The check before publishing says `ready` exactly when publishing would succeed."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ideation.entities.challenges import Authorship, Challenge, ChallengeState, Stage, VotingMethod
from ideation.entities.challenges_check import Concern
from ideation.entities.challenges_forms import CriterionOut
from ideation.errors import Invalid
from ideation.ids import new_id
from ideation.rules.challenges_check import check_challenge
from ideation.rules.challenges_windows import check_not_over, check_published, check_weights
from tests.factories import NOW

DATES = [
    "submit_opens_at",
    "submit_closes_at",
    "vote_opens_at",
    "vote_closes_at",
    "review_opens_at",
    "review_closes_at",
    "answer_by",
]


def make_draft(days: dict[str, int | None]) -> Challenge:
    person = new_id()
    moments = {name: None if day is None else NOW + timedelta(days=day) for name, day in days.items()}
    return Challenge(
        id=new_id(),
        question="How could we waste less?",
        brief="Why it matters.",
        sponsor_id=person,
        owner_id=person,
        audience_departments=[],
        audience_sites=[],
        stage=Stage.DRAFT,
        state=ChallengeState.DRAFT,
        **{name: moments.get(name) for name in DATES},
        voting_method=VotingMethod.YES_NO,
        token_budget=10,
        counts_hidden=True,
        blind_review=True,
        authorship=Authorship.SHOWN,
        shortlist_size=20,
        reviews_per_idea=3,
        idea_template="",
        stop_words=[],
        opened_at=None,
        frozen_at=None,
        decided_at=None,
        version=1,
        created_by=person,
        created_at=NOW,
        updated_at=NOW,
    )


def make_criteria(weights: Sequence[float]) -> list[CriterionOut]:
    return [
        CriterionOut(id=new_id(), key=f"c{n}", label="", description="", weight=weight, scale_min=1, scale_max=5)
        for n, weight in enumerate(weights)
    ]


@settings(max_examples=150, deadline=None)
@given(
    days=st.fixed_dictionaries({name: st.none() | st.integers(-1, 6) for name in DATES}),
    weights=st.sampled_from([(), (1.0,), (0.5, 0.5), (0.5,)]),
)
def test_ready_is_what_publishing_accepts(days: dict[str, int | None], weights: tuple[float, ...]) -> None:
    draft, criteria = make_draft(days), make_criteria(weights)
    try:
        check_published(draft)
        check_not_over(draft, NOW)
        check_weights(criteria)
        accepted = True
    except Invalid:
        accepted = False
    check = check_challenge(draft, criteria, NOW)
    assert check.ready is accepted
    assert check.ready is not any(finding.prevents_publishing for finding in check.findings)


def test_advice_on_a_sound_challenge() -> None:
    days: dict[str, int | None] = dict(zip(DATES, (-1, 12, 0, 13, 13, None, None), strict=True))
    check = check_challenge(make_draft(days), make_criteria([1.0]), NOW)
    assert check.ready
    assert [(finding.concern, finding.field) for finding in check.findings] == [
        (Concern.OPENS_AT_ONCE, "submit_opens_at"),
        (Concern.SHORT_VOTING, "vote_closes_at"),
        (Concern.WEEKEND, "submit_closes_at"),
        (Concern.WEEKEND, "vote_closes_at"),
        (Concern.NO_ANSWER_DATE, "answer_by"),
        (Concern.NO_REVIEW_DATES, "review_closes_at"),
    ]
