"""Who may see a ranking."""

from ideation.entities.challenges import DECIDED_CHALLENGE_STATES, Challenge
from ideation.entities.people import Actor, Role, Scope
from ideation.entities.rankings import RankingKind
from ideation.errors import Forbidden
from ideation.rules.access import require_scope
from ideation.rules.challenges import runs_challenge


def require_rankings_visible(actor: Actor, challenge: Challenge, *, panel_member: bool, owes_reviews: bool) -> None:
    """Refuse those who may see no ranking of this challenge at all.

    A reviewer with a review still to send never sees the crowd's rank, not even as the challenge's owner. Those who
    run the challenge, moderators and the panel see every snapshot; everybody else sees the closing and the panel's
    ranking once the challenge is decided.
    """
    require_scope(actor, Scope.READ)
    if owes_reviews:
        raise Forbidden(
            "You see the ranking once you have sent all your reviews of this challenge.", reason="ranking-after-reviews"
        )
    if sees_every_ranking(actor, challenge, panel_member=panel_member):
        return
    if challenge.state not in DECIDED_CHALLENGE_STATES:
        raise Forbidden("The ranking is shown once the challenge is decided.", reason="ranking-after-decision")


def sees_every_ranking(actor: Actor, challenge: Challenge, *, panel_member: bool) -> bool:
    """Whether interim snapshots are for this person too."""
    return runs_challenge(actor, challenge) or actor.has(Role.MODERATOR) or panel_member


def visible_kinds(*, sees_every: bool) -> list[RankingKind]:
    """The kinds of snapshot a person is shown."""
    return list(RankingKind) if sees_every else [RankingKind.CLOSING, RankingKind.PANEL]
