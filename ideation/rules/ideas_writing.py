"""Who may write what, and what a wording must look like."""

from ideation.entities.challenges import Challenge, ChallengeState
from ideation.entities.ideas import Idea, IdeaState, Wording
from ideation.entities.people import Actor
from ideation.errors import ChallengeClosed, Forbidden, Invalid, WrongState
from ideation.rules.challenges import in_audience


def require_contributor(actor: Actor, challenge: Challenge) -> None:
    """Only people of the challenge's audience submit ideas, also among those who run it or sit on its panel."""
    if not in_audience(actor, challenge):
        raise Forbidden("This challenge asks other departments and sites; its ideas are theirs.", reason="asks-others")


def require_not_over(challenge: Challenge) -> None:
    """A draft can be prepared as soon as the challenge is published and until it closes."""
    if challenge.state not in (ChallengeState.SCHEDULED, ChallengeState.RUNNING):
        raise closed(challenge)


def require_author(*, author: bool) -> None:
    """Authors and agreed co-authors only."""
    if not author:
        raise Forbidden("Only an author of the idea may do this.", reason="for-authors")


def require_idea_state(idea: Idea, *allowed: IdeaState, doing: str) -> None:
    """The idea is in one of these states."""
    if idea.state not in allowed:
        raise WrongState(
            f"An idea that is {idea.state.replace('_', ' ')} cannot be {doing}.", state=idea.state, reason="idea-state"
        )


def closed(challenge: Challenge) -> ChallengeClosed:
    """The refusal, with the dates that explain it."""
    return ChallengeClosed(
        "This challenge takes no ideas at the moment.",
        state=challenge.state,
        submit_opens_at=challenge.submit_opens_at,
        submit_closes_at=challenge.submit_closes_at,
        reason="no-ideas-now",
    )


def tidy(title: str, body: str, tags: list[str]) -> Wording:
    """One line for the title, no outer blanks, each tag once whatever its case."""
    by_fold: dict[str, str] = {}
    for tag in tags:
        one_line = " ".join(tag.split())
        by_fold.setdefault(one_line.casefold(), one_line)
    return Wording(title=" ".join(title.split()), body=body.strip(), tags=list(by_fold.values()))


def require_title(wording: Wording) -> None:
    """A draft may lack its title; an idea may not."""
    if not wording.title:
        raise Invalid("Give the idea a title before submitting it.", field="title", reason="title-missing")
