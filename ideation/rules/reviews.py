"""When reviews are taken, what makes one complete, and who may read those of others."""

from collections.abc import Sequence
from datetime import datetime

from ideation.entities.assignments import ReviewCounts
from ideation.entities.challenges import DECIDED_CHALLENGE_STATES, Authorship, Challenge, ChallengeState
from ideation.entities.reviews import Criterion, Score, ScoreInput
from ideation.errors import ChallengeClosed, Forbidden, Invalid


def takes_reviews(challenge: Challenge, now: datetime) -> bool:
    """Inside the review window; without one, from the close until the decision, or always where there is no close."""
    if challenge.state not in (ChallengeState.RUNNING, ChallengeState.IN_REVIEW):
        return False
    if challenge.review_closes_at is not None and now >= challenge.review_closes_at:
        return False
    if challenge.review_opens_at is not None:
        return now >= challenge.review_opens_at
    closes = challenge.submit_closes_at is not None and challenge.vote_closes_at is not None
    return challenge.state is ChallengeState.IN_REVIEW or not closes


def reviewing_is_over(challenge: Challenge, now: datetime) -> bool:
    """Whether no review can be sent any more, so that nothing can bias one."""
    if challenge.state in DECIDED_CHALLENGE_STATES:
        return True
    return challenge.review_closes_at is not None and now >= challenge.review_closes_at


def require_review_window(challenge: Challenge, now: datetime) -> None:
    """Refuse to save or send a review while none are taken."""
    if not takes_reviews(challenge, now):
        raise ChallengeClosed(
            "This challenge does not take reviews at the moment.",
            review_opens_at=challenge.review_opens_at,
            review_closes_at=challenge.review_closes_at,
            reason="no-reviews-now",
        )


def require_scores_on_scale(scores: Sequence[ScoreInput], criteria: Sequence[Criterion]) -> None:
    """Each score belongs to a criterion of the challenge, once, and lies within its scale."""
    known = {criterion.id: criterion for criterion in criteria}
    seen = [score.criterion_id for score in scores]
    if len(set(seen)) != len(seen):
        raise Invalid("A criterion is scored twice.", reason="scored-twice")
    for score in scores:
        criterion = known.get(score.criterion_id)
        if criterion is None:
            raise Invalid(
                "A score names a criterion that this challenge does not have.",
                criterion=score.criterion_id,
                reason="score-unknown",
            )
        if not criterion.scale_min <= score.score <= criterion.scale_max:
            allowed = f"{criterion.scale_min} to {criterion.scale_max}"
            raise Invalid(
                f"'{criterion.label}' is scored from {allowed}.",
                criterion=criterion.key,
                reason="score-off-scale",
                label=criterion.label,
                low=criterion.scale_min,
                high=criterion.scale_max,
            )


def require_complete(scores: Sequence[Score], criteria: Sequence[Criterion]) -> None:
    """A review is sent with every criterion scored."""
    given = {score.criterion_id for score in scores}
    missing = [criterion for criterion in criteria if criterion.id not in given]
    if missing:
        names = ", ".join(criterion.label for criterion in missing)
        raise Invalid(
            f"Score every criterion before sending: {names}.",
            missing=[item.key for item in missing],
            reason="scores-missing",
            criteria=names,
        )
    if not criteria:
        raise Invalid("This challenge has no criteria, so there is nothing to score.", reason="no-criteria")


def reviewers_may_know_authors(challenge: Challenge) -> bool:
    """Only where neither review is blind nor authorship hidden."""
    return not challenge.blind_review and challenge.authorship is Authorship.SHOWN


def panel_may_see_ranks(challenge: Challenge, now: datetime, counts: ReviewCounts) -> bool:
    """Panel members see ranks and shortlist once no review can follow: a further one may be asked for until the close.

    Without a closing date, once they have sent what they were asked for.
    """
    if reviewing_is_over(challenge, now):
        return True
    return challenge.review_closes_at is None and counts.sent > 0 and counts.open == 0


def require_no_open_reviews(open_reviews: int) -> None:
    """Whoever still owes reviews sees neither ranks nor shortlist, or the reviews would follow them."""
    if open_reviews:
        word = "review" if open_reviews == 1 else "reviews"
        raise Forbidden(
            f"Send or hand back your own {open_reviews} open {word} first.",
            open_reviews=open_reviews,
            reason="own-reviews-first",
        )


def require_may_read_reviews(*, owes: bool, sent: bool, runs: bool) -> None:
    """Those who run the challenge and those who sent their own; nobody who still owes a review of the idea."""
    if owes:
        raise Forbidden("Send your own review of this idea before reading the others.", reason="own-review-first")
    if not sent and not runs:
        raise Forbidden(
            "Reviews are read by those who run the challenge and by the idea's own reviewers.",
            reason="reviews-of-runners",
        )
