"""What an access token may be given."""

from collections.abc import Iterable

from ideation.entities.people import ALL_SCOPES, Actor, Role, Scope
from ideation.errors import Forbidden, Invalid, MissingScope


def possible_scopes(actor: Actor) -> frozenset[Scope]:
    """What this person could give a token: only administrators the scope to administer.

    A scope limits a token and grants nothing by itself: anybody may be put on a panel or be named a sponsor, so the
    scopes for that are open to everybody, and every action still asks for the role.
    """
    return ALL_SCOPES if actor.has(Role.ADMINISTRATOR) else ALL_SCOPES - {Scope.ADMINISTER}


def require_full_access(actor: Actor) -> None:
    """Tokens and sessions are managed from a session, or with a token that has all its person could give."""
    missing = possible_scopes(actor) - actor.scopes
    if missing:
        raise MissingScope(
            "Tokens and sessions cannot be managed with a token of limited scope.",
            scope=min(missing),
            reason="token-too-narrow",
        )


def require_possible_scopes(actor: Actor, wanted: Iterable[Scope]) -> None:
    """A token never gets more than its maker has."""
    refused = sorted(set(wanted) - (possible_scopes(actor) & actor.scopes))
    if refused:
        raise Forbidden(
            f"You cannot give a token the scope '{refused[0]}'.", scope=refused[0], reason="scope-not-yours"
        )


def require_allowed_days(days: int, max_days: int) -> None:
    """No token outlives what the installation allows."""
    if days > max_days:
        raise Invalid(
            f"A token lasts at most {max_days} days here.", field="days", maximum=max_days, reason="token-too-long"
        )
