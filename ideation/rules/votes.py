"""What an answer means, who may vote, and who may see counts."""

from ideation.entities.challenges import DECIDED_CHALLENGE_STATES, TOKEN_METHODS, Challenge, VotingMethod
from ideation.entities.people import Actor
from ideation.entities.votes import Answer, Word
from ideation.errors import Forbidden, Invalid
from ideation.rules.challenges import in_audience, runs_challenge

_MOST_STARS = 5
_VALUES = {Word.YES: 1, Word.NO: 0, Word.UP: 1, Word.SKIP: None}
_METHODS = {
    Word.YES: [VotingMethod.YES_NO],
    Word.NO: [VotingMethod.YES_NO],
    # On a pairwise challenge nothing but support through a link is given to a single idea.
    Word.UP: [VotingMethod.UP_VOTE, VotingMethod.PAIRWISE],
}


def methods_of(answer: Answer) -> list[VotingMethod] | None:
    """The voting methods an answer belongs to; None for a skip, which every method has."""
    if isinstance(answer, Word):
        return _METHODS.get(answer)
    stars = [VotingMethod.STARS] if 1 <= answer <= _MOST_STARS else []
    return [*stars, *sorted(TOKEN_METHODS)]


def value_of(answer: Answer) -> int | None:
    """The stored value: NULL for a skip, 1 or 0 for yes or no, 1 for an up-vote, the number of stars or tokens."""
    return _VALUES[answer] if isinstance(answer, Word) else answer


def answer_of(value: int | None, method: VotingMethod) -> Answer:
    """The answer that a stored value stands for."""
    if value is None:
        return Word.SKIP
    if method is VotingMethod.STARS or method in TOKEN_METHODS:
        return value
    if method is VotingMethod.YES_NO:
        return Word.YES if value else Word.NO
    return Word.UP


def require_answer_of_method(answer: Answer, method: VotingMethod) -> None:
    """Stars on a star challenge, yes or no on a yes/no challenge, up on an up-vote challenge; skip anywhere."""
    methods = methods_of(answer)
    if methods is not None and method not in methods:
        raise Invalid(f"This challenge asks for {_ASKED[method]}.", voting_method=method, reason="answer-not-asked")


def require_voter(actor: Actor, challenge: Challenge) -> None:
    """Only people of the challenge's audience vote, also among those who run it or sit on its panel."""
    if not in_audience(actor, challenge):
        raise Forbidden("This challenge asks other departments and sites; its votes are theirs.", reason="asks-others")


def may_see_counts(actor: Actor, challenge: Challenge, *, answered: bool, owes_review: bool) -> bool:
    """Whether a person may see how the crowd voted on an idea.

    A reviewer who has not sent the review of this idea never does. Those who run the challenge do, everybody does once
    it is decided, and before that whoever has answered the idea, or everybody where the challenge hides no counts.
    """
    if owes_review:
        return False
    if runs_challenge(actor, challenge) or challenge.state in DECIDED_CHALLENGE_STATES:
        return True
    return answered or not challenge.counts_hidden


_ASKED = {
    VotingMethod.YES_NO: "yes, no or skip",
    VotingMethod.UP_VOTE: "up or skip",
    VotingMethod.STARS: "1 to 5 stars or skip",
    VotingMethod.BUDGET: "a number of tokens or skip",
    VotingMethod.LEMONS: "a number of lemons or skip",
    VotingMethod.PAIRWISE: "a choice between two ideas; a single one can be supported with up",
}
