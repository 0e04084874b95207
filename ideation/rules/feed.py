"""Which of the candidates a person is dealt."""

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import numpy.typing as npt

from ideation.entities.challenges import VotingMethod
from ideation.entities.feed import Candidates, Sitting
from scoring import feed

SITTING_PAUSE = timedelta(minutes=30)
_LONGEST_SITTING = 10_000
# Weight of what a challenge's ideas get on average, in views, before an idea has views of its own.
_PRIOR_VIEWS = 8.0
_MAX_STARS = 5


def continues(sitting: Sitting | None, now: datetime) -> bool:
    """A sitting goes on until no card was dealt for half an hour, or it has grown beyond all measure."""
    if sitting is None or sitting.last_position > _LONGEST_SITTING:
        return False
    return now - sitting.last_dealt_at < SITTING_PAUSE


def choose(candidates: Candidates, method: VotingMethod, count: int, seed: int) -> list[UUID]:
    """The hand, in the order to show it: half least seen, half a Thompson sample; the same seed gives the same hand."""
    views = np.array(candidates.views, dtype=np.float64)
    approval = _approval(candidates, method)
    exposure = np.array(candidates.effective_views, dtype=np.float64)
    mean, sd = _posterior(np.maximum(exposure, approval), approval)
    allowed = np.ones(views.size, dtype=np.bool_)
    hand = feed.deal(views=views, mean=mean, sd=sd, allowed=allowed, count=count, seed=seed)
    return [candidates.idea_ids[index] for index in hand.tolist()]


def _approval(candidates: Candidates, method: VotingMethod) -> npt.NDArray[np.float64]:
    """Yes answers, or stars as a share of full approval."""
    if method is VotingMethod.STARS:
        stars = np.array(candidates.stars_sum, dtype=np.float64) - np.array(candidates.stars_count, dtype=np.float64)
        return stars / (_MAX_STARS - 1)
    return np.array(candidates.yes, dtype=np.float64)


def _posterior(
    exposure: npt.NDArray[np.float64], approval: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean and standard deviation of a Beta posterior around the candidates' common rate; (k + a) / (n + a + b).

    `exposure`: effective views, at least as many as the approval, as in `scoring.beta_binomial`.
    """
    common = (approval.sum() + 1.0) / (exposure.sum() + 4.0)
    weight = exposure + _PRIOR_VIEWS
    mean = (approval + common * _PRIOR_VIEWS) / weight
    return mean, np.sqrt(mean * (1 - mean) / (weight + 1))
