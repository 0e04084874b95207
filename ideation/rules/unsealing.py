"""Who may have the author of a sealed idea opened."""

from ideation.entities.challenges import Authorship, Challenge
from ideation.entities.people import Actor, Role, Scope
from ideation.entities.unsealing import Unsealing, UnsealingRole
from ideation.errors import Forbidden, WrongState
from ideation.rules.access import require_scope


def require_unsealing_role(actor: Actor, challenge: Challenge, role: UnsealingRole) -> None:
    """The person holds the role named; `challenge_owner` is the owner of this very challenge."""
    require_scope(actor, Scope.ADMINISTER if role == "administrator" else Scope.MANAGE)
    if role not in held_roles(actor, challenge):
        raise Forbidden(f"You do not hold the role '{role}' here.", reason="role-not-held", role=role)


def held_roles(actor: Actor, challenge: Challenge) -> set[UnsealingRole]:
    """The roles in which this person can take part in an unsealing."""
    held: dict[UnsealingRole, bool] = {
        "moderator": actor.has(Role.MODERATOR),
        "administrator": actor.has(Role.ADMINISTRATOR),
        "challenge_owner": actor.person_id == challenge.owner_id,
    }
    return {role for role, holds in held.items() if holds}


def require_sealed(challenge: Challenge) -> None:
    """Only sealed authors are unsealed."""
    if challenge.authorship is not Authorship.SEALED:
        raise WrongState(
            "The authors in this challenge are not sealed.", authorship=challenge.authorship, reason="not-sealed"
        )


def require_second_person(actor: Actor, unsealing: Unsealing, role: UnsealingRole) -> None:
    """Approved once, by somebody else, in another role."""
    if unsealing.approved_at is not None:
        raise WrongState("This unsealing has been approved already.", reason="unsealing-approved")
    if unsealing.requested_by == actor.person_id:
        raise Forbidden("Somebody else has to approve what you asked for.", reason="approve-other")
    if unsealing.requested_role == role:
        raise Forbidden(
            f"It was asked for as '{role}'; somebody in another role has to approve.",
            reason="approve-other-role",
            role=role,
        )
