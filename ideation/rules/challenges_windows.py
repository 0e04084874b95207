"""Are the dates and criteria of a challenge sound?"""

import math
from datetime import datetime

import msgspec

from ideation.entities.challenges import Challenge
from ideation.entities.challenges_forms import CriterionInput, CriterionOut
from ideation.errors import Invalid

WEIGHT_TOLERANCE = 1e-6


def closes_at(challenge: Challenge) -> datetime | None:
    """The moment after which neither ideas nor votes are taken; None for an always-on challenge."""
    if challenge.submit_closes_at is None or challenge.vote_closes_at is None:
        return None
    return max(challenge.submit_closes_at, challenge.vote_closes_at)


def takes_ideas(challenge: Challenge, at: datetime) -> bool:
    """Whether ideas are taken, for display; the statement that writes an idea decides by itself."""
    return _open(challenge, challenge.submit_opens_at, challenge.submit_closes_at, at)


def takes_votes(challenge: Challenge, at: datetime) -> bool:
    """Whether votes are taken, for display; the statement that writes a vote decides by itself."""
    return _open(challenge, challenge.vote_opens_at, challenge.vote_closes_at, at)


def _open(challenge: Challenge, opens: datetime | None, closes: datetime | None, at: datetime) -> bool:
    if challenge.stage != "published" or challenge.frozen_at is not None or opens is None:
        return False
    return opens <= at and (closes is None or at < closes)


class Order(msgspec.Struct, frozen=True):
    """Two dates of a challenge, of which one may not come before the other, or must come after it."""

    earlier: str
    later: str
    same_allowed: bool = False

    def is_broken(self, challenge: Challenge) -> bool:
        """Whether both are set and in the wrong order."""
        first: datetime | None = getattr(challenge, self.earlier)
        second: datetime | None = getattr(challenge, self.later)
        if first is None or second is None:
            return False
        return second < first or (second == first and not self.same_allowed)


# What must hold even for a draft, what must be set, and what must hold once people can see it.
DRAFT_ORDERS = (
    Order("submit_opens_at", "submit_closes_at"),
    Order("vote_opens_at", "vote_closes_at"),
    Order("review_opens_at", "review_closes_at"),
)
NEEDED = ("submit_opens_at", "vote_opens_at")
PUBLISHED_ORDERS = (
    Order("submit_opens_at", "vote_opens_at", same_allowed=True),
    Order("submit_closes_at", "vote_closes_at", same_allowed=True),
    Order("submit_opens_at", "review_opens_at", same_allowed=True),
    Order("vote_closes_at", "review_closes_at"),
    Order("vote_closes_at", "answer_by"),
    Order("review_closes_at", "answer_by", same_allowed=True),
)


def check_draft(challenge: Challenge) -> None:
    """What must hold even while it is a draft: no window ends before it starts."""
    for order in DRAFT_ORDERS:
        _require(order, challenge)


def check_published(challenge: Challenge) -> None:
    """What must hold for a challenge that people can see."""
    check_draft(challenge)
    for name in NEEDED:
        if getattr(challenge, name) is None:
            raise Invalid(f"Set {name} before publishing.", field=name, reason="date-needed")
    if (challenge.submit_closes_at is None) != (challenge.vote_closes_at is None):
        raise Invalid(
            "Set both submit_closes_at and vote_closes_at, or neither for an always-on challenge.",
            field="vote_closes_at",
            reason="both-ends",
        )
    for order in PUBLISHED_ORDERS:
        _require(order, challenge)


def check_not_over(challenge: Challenge, now: datetime) -> None:
    """Voting must still have time to run."""
    if challenge.vote_closes_at is not None and challenge.vote_closes_at <= now:
        raise Invalid("vote_closes_at has passed already.", field="vote_closes_at", reason="votes-over")


def check_criteria(criteria: list[CriterionInput]) -> None:
    """Keys are distinct, each scale goes upwards, and what is said of its scores goes up with it."""
    keys = [criterion.key for criterion in criteria]
    if len(set(keys)) != len(keys):
        raise Invalid("Two criteria have the same key.", field="criteria", reason="criterion-twice")
    for criterion in criteria:
        if not 0 < criterion.scale_max - criterion.scale_min <= 100:
            raise Invalid(
                f"The scale of '{criterion.key}' must go up, by at most 100.",
                field="criteria",
                reason="scale-up",
                criterion=criterion.label,
            )
        anchored = [anchor.score for anchor in criterion.anchors]
        if anchored != sorted(set(anchored) & set(range(criterion.scale_min, criterion.scale_max + 1))):
            raise Invalid(
                f"The anchors of '{criterion.key}' must name scores of its scale, each once, going up.",
                field="criteria",
                reason="anchors-up",
                criterion=criterion.label,
            )


def check_weights(criteria: list[CriterionInput] | list[CriterionOut]) -> None:
    """The weights of a published challenge sum to 1; a challenge without criteria has no panel review."""
    total = math.fsum(criterion.weight for criterion in criteria)
    if criteria and abs(total - 1) > WEIGHT_TOLERANCE:
        raise Invalid(
            f"The weights of the criteria must sum to 1; they sum to {total:.6g}.",
            field="criteria",
            reason="weights",
            percent=f"{100 * total:.6g}",
        )


def _require(order: Order, challenge: Challenge) -> None:
    if order.is_broken(challenge):
        word = "not be before" if order.same_allowed else "be after"
        raise Invalid(
            f"{order.later} must {word} {order.earlier}.",
            field=order.later,
            other=order.earlier,
            reason="date-before" if order.same_allowed else "date-not-after",
        )
