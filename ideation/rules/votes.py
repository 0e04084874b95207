"""What an answer means, who may vote, and who may see counts."""

from ideation.entities.challenges import Challenge, ChallengeState, VotingMethod
from ideation.entities.people import Actor
from ideation.entities.votes import Answer, Word
from ideation.errors import Forbidden, Invalid
from ideation.rules.challenges import in_audience, runs_challenge

_WORDS = {
    Word.YES: (VotingMethod.YES_NO, 1),
    Word.NO: (VotingMethod.YES_NO, 0),
    Word.UP: (VotingMethod.UP_VOTE, 1),
}


def method_of(answer: Answer) -> VotingMethod | None:
    """The voting method an answer belongs to; None for a skip, which every method has."""
    if isinstance(answer, Word):
        return _WORDS[answer][0] if answer in _WORDS else None
    return VotingMethod.STARS


def value_of(answer: Answer) -> int | None:
    """The stored value: NULL for a skip, 1 or 0 for yes or no, 1 for an up-vote, 1 to 5 for stars."""
    if isinstance(answer, Word):
        return _WORDS[answer][1] if answer in _WORDS else None
    return answer


def answer_of(value: int | None, method: VotingMethod) -> Answer:
    """The answer that a stored value stands for."""
    if value is None:
        return Word.SKIP
    if method is VotingMethod.STARS:
        return value
    if method is VotingMethod.UP_VOTE:
        return Word.UP
    return Word.YES if value else Word.NO


def require_answer_of_method(answer: Answer, method: VotingMethod) -> None:
    """Stars on a star challenge, yes or no on a yes/no challenge, up on an up-vote challenge; skip anywhere."""
    if method_of(answer) not in (None, method):
        raise Invalid(f"This challenge asks for {_ASKED[method]}.", voting_method=method)


def require_voter(actor: Actor, challenge: Challenge) -> None:
    """Only people of the challenge's audience vote, also among those who run it or sit on its panel."""
    if not in_audience(actor, challenge):
        raise Forbidden("This challenge asks other departments and sites; its votes are theirs.")


def may_see_counts(actor: Actor, challenge: Challenge, *, answered: bool, owes_review: bool) -> bool:
    """Whether a person may see how the crowd voted on an idea.

    A reviewer who has not sent the review of this idea never does. Those who run the challenge do, everybody does once
    it is decided, and before that whoever has answered the idea, or everybody where the challenge hides no counts.
    """
    if owes_review:
        return False
    if runs_challenge(actor, challenge) or challenge.state in (ChallengeState.DECIDED, ChallengeState.ARCHIVED):
        return True
    return answered or not challenge.counts_hidden


_ASKED = {
    VotingMethod.YES_NO: "yes, no or skip",
    VotingMethod.UP_VOTE: "up or skip",
    VotingMethod.STARS: "1 to 5 stars or skip",
}
