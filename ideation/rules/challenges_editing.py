"""Which fields of a challenge may still change, state by state."""

from datetime import datetime

from ideation.entities.challenges import EDITABLE, Challenge, ChallengeState
from ideation.entities.people import Actor, Role, Scope
from ideation.errors import Forbidden, Invalid, WrongState
from ideation.rules.access import require_scope

_CLOSINGS = frozenset({"submit_closes_at", "vote_closes_at"})
_OPENINGS = frozenset({"submit_opens_at", "vote_opens_at", "review_opens_at"})
# What people were promised when they took part.
_PROMISES = frozenset({"voting_method", "authorship", "counts_hidden", "idea_template", "token_budget"})
_RUNNING = frozenset(EDITABLE) - _CLOSINGS - _PROMISES
_DECIDED = frozenset({"brief", "sponsor_id", "owner_id"})
_IN_REVIEW = _DECIDED | {
    "review_opens_at",
    "review_closes_at",
    "answer_by",
    "shortlist_size",
    "reviews_per_idea",
    "stop_words",
}

EDITABLE_IN: dict[ChallengeState, frozenset[str]] = {
    ChallengeState.DRAFT: frozenset(EDITABLE),
    ChallengeState.SCHEDULED: frozenset(EDITABLE),
    ChallengeState.RUNNING: _RUNNING,
    ChallengeState.IN_REVIEW: _IN_REVIEW,
    ChallengeState.DECIDED: _DECIDED,
    ChallengeState.ARCHIVED: frozenset(),
}


def require_may_create(actor: Actor) -> None:
    """Challenge owners and administrators, with the scope for it."""
    require_scope(actor, Scope.MANAGE)
    if not (actor.has(Role.CHALLENGE_OWNER) or actor.has(Role.ADMINISTRATOR)):
        raise Forbidden("This needs the role 'challenge_owner' or 'administrator'.", reason="for-owners")


def require_state(challenge: Challenge, *allowed: ChallengeState, doing: str) -> None:
    """The challenge is in one of these states."""
    if challenge.state not in allowed:
        raise WrongState(
            f"A challenge that is {challenge.state.replace('_', ' ')} cannot be {doing}.",
            state=challenge.state,
            reason="challenge-state",
        )


def check_edit(before: Challenge, after: Challenge, now: datetime) -> None:
    """Only fields that may change in this state did; dates that have passed stay; an audience only widens."""
    changed = {name for name in EDITABLE if getattr(before, name) != getattr(after, name)}
    for name in sorted(changed - EDITABLE_IN[before.state]):
        hint = " Extend, close or reopen the challenge instead." if name in _CLOSINGS else ""
        raise WrongState(
            f"{name} cannot change while the challenge is {before.state.replace('_', ' ')}.{hint}",
            field=name,
            state=before.state,
            reason="field-fixed",
        )
    if before.state is not ChallengeState.DRAFT:
        for name in sorted(changed & _OPENINGS):
            _check_opening(before, after, name, now)
    if before.state is ChallengeState.RUNNING:
        _check_audience_widens(before, after)


def _check_opening(before: Challenge, after: Challenge, name: str, now: datetime) -> None:
    old: datetime | None = getattr(before, name)
    new: datetime | None = getattr(after, name)
    if old is not None and old <= now:
        raise WrongState(f"{name} has passed and cannot change.", field=name, state=before.state, reason="date-passed")
    if new is not None and new < now:
        raise Invalid(f"{name} cannot be moved into the past.", field=name, reason="date-not-back")


def _check_audience_widens(before: Challenge, after: Challenge) -> None:
    everyone = not after.audience_departments and not after.audience_sites
    was_everyone = not before.audience_departments and not before.audience_sites
    keeps = set(before.audience_departments) <= set(after.audience_departments) and set(before.audience_sites) <= set(
        after.audience_sites
    )
    if not everyone and (was_everyone or not keeps):
        raise WrongState(
            "The audience of a running challenge can only grow: people may have taken part already.",
            field="audience_departments",
            state=before.state,
            reason="audience-only-grows",
        )
