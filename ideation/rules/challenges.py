"""Who may see and who may run a challenge."""

from ideation.entities.challenges import Challenge, ChallengeState
from ideation.entities.people import Actor, Role, Scope
from ideation.errors import Forbidden, NotFound, WrongState
from ideation.rules.access import require_scope


def in_audience(actor: Actor, challenge: Challenge) -> bool:
    """Everyone, or the named departments and sites."""
    if not challenge.audience_departments and not challenge.audience_sites:
        return True
    return actor.department in challenge.audience_departments or actor.site in challenge.audience_sites


def runs_challenge(actor: Actor, challenge: Challenge) -> bool:
    """Its owner, its sponsor, and administrators."""
    return actor.person_id in (challenge.owner_id, challenge.sponsor_id) or actor.has(Role.ADMINISTRATOR)


def may_see_challenge(actor: Actor, challenge: Challenge, *, panel_member: bool = False) -> bool:
    """Those who run it see it always; moderators and its panel once it is no draft; others when in its audience."""
    if runs_challenge(actor, challenge):
        return True
    if challenge.state is ChallengeState.DRAFT:
        return False
    return panel_member or actor.has(Role.MODERATOR) or in_audience(actor, challenge)


def require_visible(
    actor: Actor, challenge: Challenge | None, *, panel_member: bool = False, asked_for: str = "challenge"
) -> Challenge:
    """The challenge, or NotFound alike for one that does not exist and one this person may not know of.

    `asked_for` is what the person named, where that is something of the challenge: the refusal speaks of nothing else.
    """
    require_scope(actor, Scope.READ)
    if challenge is None or not may_see_challenge(actor, challenge, panel_member=panel_member):
        raise NotFound(f"There is no such {asked_for}, or it is not open to you.")
    return challenge


def require_running_it(actor: Actor, challenge: Challenge | None, *, asked_for: str = "challenge") -> Challenge:
    """The challenge, for those who run it; Forbidden for others who may see it, NotFound for the rest."""
    visible = require_visible(actor, challenge, asked_for=asked_for)
    require_scope(actor, Scope.MANAGE)
    if not runs_challenge(actor, visible):
        raise Forbidden(
            "Only the challenge's owner, its sponsor or an administrator may do this.", reason="for-runners"
        )
    return visible


def require_unarchived(challenge: Challenge) -> None:
    """What was put away stays as it is; only moderation goes on."""
    if challenge.state is ChallengeState.ARCHIVED:
        raise WrongState("An archived challenge no longer changes.", reason="archived", state=challenge.state)
