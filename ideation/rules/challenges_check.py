"""Everything that speaks against a challenge's dates and criteria at once, for its owner to read before publishing."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ideation.entities.challenges import Challenge
from ideation.entities.challenges_check import ChallengeCheck, Concern, Finding
from ideation.entities.challenges_forms import CriterionOut
from ideation.rules.challenges_windows import DRAFT_ORDERS, NEEDED, PUBLISHED_ORDERS, WEIGHT_TOLERANCE, Order

# People who read a digest once a week should still find the last ideas in time to judge them.
SHORTEST_JUDGING = timedelta(days=3)
_SATURDAY = 5


def check_challenge(challenge: Challenge, criteria: Sequence[CriterionOut], now: datetime) -> ChallengeCheck:
    """Agrees with publishing: `ready` exactly when a draft as it stands would be published at this moment."""
    prevents = [*_preventing(challenge, criteria, now)]
    return ChallengeCheck(ready=not prevents, findings=[*prevents, *_advising(challenge, criteria, now)])


def _preventing(challenge: Challenge, criteria: Sequence[CriterionOut], now: datetime) -> Iterator[Finding]:
    for name in NEEDED:
        if getattr(challenge, name) is None:
            yield _prevents(Concern.MISSING, name)
    if (challenge.submit_closes_at is None) != (challenge.vote_closes_at is None):
        yield _prevents(Concern.ONE_SIDED_END, "vote_closes_at")
    for order in (*DRAFT_ORDERS, *PUBLISHED_ORDERS):
        if order.is_broken(challenge):
            yield _prevents(_word(order), order.later, order.earlier)
    if challenge.vote_closes_at is not None and challenge.vote_closes_at <= now:
        yield _prevents(Concern.OVER, "vote_closes_at")
    if criteria and abs(math.fsum(criterion.weight for criterion in criteria) - 1) > WEIGHT_TOLERANCE:
        yield _prevents(Concern.WEIGHTS, "criteria")


def _advising(challenge: Challenge, criteria: Sequence[CriterionOut], now: datetime) -> Iterator[Finding]:
    if challenge.submit_opens_at is not None and challenge.submit_opens_at <= now:
        yield Finding(concern=Concern.OPENS_AT_ONCE, field="submit_opens_at")
    yield from _advising_on_ends(challenge)
    if not criteria:
        yield Finding(concern=Concern.NO_CRITERIA, field="criteria")
    elif challenge.review_closes_at is None:
        yield Finding(concern=Concern.NO_REVIEW_DATES, field="review_closes_at")
    if not challenge.brief.strip():
        yield Finding(concern=Concern.NO_BRIEF, field="brief")


def _advising_on_ends(challenge: Challenge) -> Iterator[Finding]:
    if challenge.submit_closes_at is None and challenge.vote_closes_at is None:
        yield Finding(concern=Concern.ALWAYS_ON, field="vote_closes_at")
    elif _is_short(challenge):
        yield Finding(concern=Concern.SHORT_VOTING, field="vote_closes_at", other="submit_closes_at")
    for name in ("submit_closes_at", "vote_closes_at", "answer_by"):
        moment: datetime | None = getattr(challenge, name)
        if moment is not None and moment.weekday() >= _SATURDAY:
            yield Finding(concern=Concern.WEEKEND, field=name)
    if challenge.answer_by is None:
        yield Finding(concern=Concern.NO_ANSWER_DATE, field="answer_by")


def _is_short(challenge: Challenge) -> bool:
    submit, vote = challenge.submit_closes_at, challenge.vote_closes_at
    return submit is not None and vote is not None and timedelta() <= vote - submit < SHORTEST_JUDGING


def _word(order: Order) -> Concern:
    return Concern.BEFORE if order.same_allowed else Concern.NOT_AFTER


def _prevents(concern: Concern, field: str, other: str | None = None) -> Finding:
    return Finding(concern=concern, field=field, other=other, prevents_publishing=True)
