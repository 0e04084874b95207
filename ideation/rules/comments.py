"""When comments are taken, and who may see which."""

from ideation.entities.challenges import Challenge, ChallengeState
from ideation.entities.comments import Comment
from ideation.entities.ideas import Idea, IdeaState
from ideation.entities.people import Actor, Role
from ideation.errors import ChallengeClosed, Forbidden, NotFound, WrongState
from ideation.rules.challenges import runs_challenge


def require_taking_comments(challenge: Challenge, idea: Idea) -> None:
    """Comments are taken while the challenge runs and while it is in review, on ideas that stand."""
    if challenge.state not in (ChallengeState.RUNNING, ChallengeState.IN_REVIEW):
        raise ChallengeClosed(
            "This challenge takes no comments at the moment.", state=challenge.state, reason="no-comments-now"
        )
    if idea.state in (IdeaState.DRAFT, IdeaState.WITHDRAWN) or idea.hidden_at is not None:
        raise WrongState("This idea takes no comments.", state=idea.state, reason="idea-takes-no-comments")


def may_see_hidden_comment(actor: Actor, challenge: Challenge, *, own: bool) -> bool:
    """Its author, those who run the challenge, and moderators."""
    return own or runs_challenge(actor, challenge) or actor.has(Role.MODERATOR)


def require_standing_comment(actor: Actor, challenge: Challenge, comment: Comment | None) -> Comment:
    """The comment, or NotFound alike for none, a deleted one, and a hidden one this person may not see."""
    if comment is not None and comment.deleted_at is None:
        own = comment.author_id == actor.person_id
        if comment.hidden_at is None or may_see_hidden_comment(actor, challenge, own=own):
            return comment
    raise NotFound("There is no such comment, or it is not open to you.")


def require_own_comment(actor: Actor, comment: Comment) -> None:
    """People change their own comments only; moderators hide others'."""
    if comment.author_id != actor.person_id:
        raise Forbidden("Only its author may change a comment.", reason="comment-of-author")
