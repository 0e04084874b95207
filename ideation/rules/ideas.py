"""Who may see an idea."""

from ideation.entities.challenges import Challenge
from ideation.entities.ideas import Idea, IdeaState
from ideation.entities.people import Actor, Role
from ideation.errors import NotFound
from ideation.rules.challenges import runs_challenge


def may_see_idea(actor: Actor, challenge: Challenge, idea: Idea, *, author: bool) -> bool:
    """Drafts are for their authors; hidden and withdrawn ideas also for those who run the challenge and moderators."""
    if author:
        return True
    if idea.state is IdeaState.DRAFT:
        return False
    if idea.hidden_at is not None or idea.state is IdeaState.WITHDRAWN:
        return runs_challenge(actor, challenge) or actor.has(Role.MODERATOR)
    return True


def require_visible_idea(actor: Actor, challenge: Challenge, idea: Idea | None, *, author: bool) -> Idea:
    """The idea, or NotFound alike for one that does not exist and one this person may not know of."""
    if idea is None or not may_see_idea(actor, challenge, idea, author=author):
        raise NotFound("There is no such idea, or it is not open to you.")
    return idea
