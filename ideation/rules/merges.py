"""Which ideas may be merged, and which of them stays."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from ideation.entities.ideas import IdeaState
from ideation.entities.merges import MergeableIdea
from ideation.errors import Invalid, NotFound, WrongState

_NOT_SHOWN = (IdeaState.DRAFT, IdeaState.WITHDRAWN)


def require_found(ids: Iterable[UUID], found: Sequence[MergeableIdea], challenge_id: UUID) -> None:
    """Every idea exists, belongs to the challenge and was submitted."""
    there = {idea.id for idea in found if idea.challenge_id == challenge_id and idea.state is not IdeaState.DRAFT}
    missing = [str(idea_id) for idea_id in ids if idea_id not in there]
    if missing:
        raise NotFound("Some of these ideas are not in this challenge.", missing=missing)


def require_shown(ideas: Iterable[MergeableIdea]) -> None:
    """A hidden or withdrawn idea is not merged."""
    unfit = [str(idea.id) for idea in ideas if idea.hidden_at is not None or idea.state in _NOT_SHOWN]
    if unfit:
        raise WrongState("Hidden and withdrawn ideas cannot be merged.", ideas=unfit, reason="merge-hidden")


def choose_survivor(ideas: Sequence[MergeableIdea], wanted: UUID | None) -> MergeableIdea:
    """The one asked for; else the one with the most distinct voters, among equals the older one."""
    if wanted is not None:
        for idea in ideas:
            if idea.id == wanted:
                return idea
        raise Invalid(
            "The idea that stays must be one of those that are merged.",
            field="survivor_id",
            reason="survivor-elsewhere",
        )
    return min(ideas, key=lambda idea: (-idea.voters, idea.submitted_at is None, idea.submitted_at, idea.id))
