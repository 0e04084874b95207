"""Who moderates what."""

from ideation.entities.challenges import Challenge
from ideation.entities.people import Actor, Role, Scope
from ideation.errors import Forbidden
from ideation.rules.access import require_scope
from ideation.rules.challenges import runs_challenge


def require_moderating(actor: Actor, challenge: Challenge, *, own: bool) -> None:
    """Moderators everywhere and those who run the challenge, but nobody in a case of their own."""
    require_scope(actor, Scope.MANAGE)
    if not (actor.has(Role.MODERATOR) or runs_challenge(actor, challenge)):
        raise Forbidden("This needs the role 'moderator', or to run the challenge.", reason="for-moderators")
    if own:
        raise Forbidden("This is your own contribution; another moderator has to decide.", reason="own-contribution")
