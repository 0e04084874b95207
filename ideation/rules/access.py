"""May you? The checks that every action starts with."""

from ideation.entities.people import Actor, Role, Scope
from ideation.errors import Forbidden, MissingScope, PolicyNotAccepted


def require_scope(actor: Actor, scope: Scope) -> None:
    """The token used must have been given this scope."""
    if scope not in actor.scopes:
        raise MissingScope(f"This access token lacks the scope '{scope}'.", scope=scope, reason="scope-missing")


def require_taking_part(actor: Actor) -> None:
    """Submitting, voting and commenting need the scope and the current usage policy accepted."""
    require_scope(actor, Scope.TAKE_PART)
    require_policy(actor)


def require_policy(actor: Actor) -> None:
    """Whoever contributes has accepted the current version of the usage policy."""
    if not actor.policy_accepted:
        raise PolicyNotAccepted


def require_administrator(actor: Actor) -> None:
    """Administrators only, with the scope for it."""
    require_scope(actor, Scope.ADMINISTER)
    _require_role(actor, Role.ADMINISTRATOR)


def require_moderator(actor: Actor) -> None:
    """Moderators only, with the scope for it."""
    require_scope(actor, Scope.MANAGE)
    _require_role(actor, Role.MODERATOR)


def _require_role(actor: Actor, role: Role) -> None:
    if not actor.has(role):
        raise Forbidden(f"This needs the role '{role}'.", reason="role-missing", role=role)
