"""Who may know who wrote an idea."""

from ideation.entities.challenges import DECIDED_CHALLENGE_STATES, Authorship, Challenge
from ideation.entities.people import Actor, Role
from ideation.rules.challenges import runs_challenge


def may_know_authors(actor: Actor, challenge: Challenge, *, author: bool, panel_member: bool, unsealed: bool) -> bool:
    """Whether this reader may be told the authors and their department.

    Authors know each other. A panel that reviews blind does not know until the challenge is decided, whatever further
    role a member holds. Hidden authors are known to those who run the challenge; sealed ones to nobody, and once
    unsealed to those who run the challenge and to moderators.
    """
    if author:
        return True
    if panel_member and reviews_blind(challenge):
        return False
    if challenge.authorship is Authorship.SHOWN:
        return True
    if challenge.authorship is Authorship.HIDDEN:
        return runs_challenge(actor, challenge)
    return unsealed and (runs_challenge(actor, challenge) or actor.has(Role.MODERATOR))


def reviews_blind(challenge: Challenge) -> bool:
    """Whether the panel may not yet know the authors."""
    decided = challenge.state in DECIDED_CHALLENGE_STATES
    return challenge.blind_review and not decided
