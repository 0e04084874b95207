"""Finding odd voting patterns in the answers that rank, and what they do to the ranking.

Only jobs import this module: it needs scipy, which an API process must not load.
"""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
import numpy as np
import numpy.typing as npt

from ideation.entities.challenges import VotingMethod
from ideation.entities.crowd_values import Cards
from ideation.entities.integrity import AnswerPerson, FoundFlag, RankEffect
from ideation.entities.rankings import CrowdInputs
from ideation.rules.crowd_scores import cards_of, rank_order
from scoring import integrity

# Answers to a single idea's card; comparisons and lemons show these patterns in another way.
LOOKED_AT = frozenset({VotingMethod.YES_NO, VotingMethod.UP_VOTE, VotingMethod.STARS, VotingMethod.BUDGET})
# Patterns least likely by chance; a challenge with more has a trouble that no list of patterns would solve.
MOST_FLAGS = 50
_GOOD_STARS = 4
# Two people who vote for each other are looked for among at most so many, those with the most votes.
_MOST_PEOPLE = 1500
_SMOOTHING = 2.0

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class _Votes(msgspec.Struct, frozen=True, kw_only=True):
    """Yes votes among the cards: `card` says which; `people` are voters first, then authors who did not vote."""

    log: integrity.VoteLog
    card: Ints
    people: list[UUID]


def find_flags(inputs: CrowdInputs, people: Sequence[AnswerPerson], authors: Mapping[UUID, UUID]) -> list[FoundFlag]:
    """Patterns with their effect: each idea's rank as it counts and without the votes in question.

    `people`: one entry a card. Nothing without votes, and nothing for comparisons and lemons.
    """
    cards = cards_of(inputs)
    if inputs.voting_method not in LOOKED_AT or not cards.idea.size:
        return []
    yes = cards.value >= (_GOOD_STARS if inputs.voting_method is VotingMethod.STARS else 1)
    votes = _votes(inputs, cards, yes, people, authors)
    found = [
        *_reciprocal(votes, cards, yes),
        *integrity.rings(votes.log),
        *integrity.bursts(votes.log),
        *_one_department(inputs, cards, votes),
    ]
    worst = sorted(found, key=lambda flag: flag.p_value)[:MOST_FLAGS]
    before = rank_order(inputs, cards, np.ones(cards.idea.size, dtype=np.bool_))
    return [_found(inputs, cards, votes, flag, before) for flag in worst]


def _votes(
    inputs: CrowdInputs, cards: Cards, yes: Bools, people: Sequence[AnswerPerson], authors: Mapping[UUID, UUID]
) -> _Votes:
    voters = [UUID(int=0)] * inputs.person_count
    for place, who in zip(cards.person.tolist(), people, strict=True):
        voters[place] = who.person_id
    known = {person: place for place, person in enumerate(voters)}
    for idea in inputs.ideas:
        known.setdefault(authors[idea], len(known))
    card = np.flatnonzero(yes)
    at = np.array([people[place].at.timestamp() for place in card.tolist()])
    log = integrity.vote_log(
        cards.person[card], cards.idea[card], at, [known[authors[idea]] for idea in inputs.ideas], len(known)
    )
    return _Votes(log=log, card=card, people=list(known))


def _reciprocal(votes: _Votes, cards: Cards, yes: Bools) -> list[integrity.Flag]:
    """Among people who voted for each other at all; expected from each one's and each idea's readiness for a yes."""
    log = votes.log
    author = log.author[log.idea]
    given = set(zip(log.person.tolist(), author.tolist(), strict=True))
    mutual = {person for person, other in given if person != other and (other, person) in given}
    weight = np.bincount(log.person, minlength=log.person_count)
    chosen = np.array(sorted(sorted(mutual), key=lambda person: -int(weight[person]))[:_MOST_PEOPLE], dtype=np.int64)
    if not chosen.size:
        return []
    place = np.full(log.person_count, -1)
    place[chosen] = np.arange(chosen.size)
    expected = np.zeros((chosen.size, chosen.size))
    own, others = place[cards.person], place[log.author[cards.idea]]
    both = (own >= 0) & (others >= 0)
    np.add.at(expected, (own[both], others[both]), _chance_of_yes(cards, yes)[both])
    kept = np.flatnonzero((place[log.person] >= 0) & (place[author] >= 0))
    narrow = integrity.vote_log(
        place[log.person[kept]],
        np.arange(kept.size),
        log.at_seconds[kept],
        place[author[kept]],
        chosen.size,
    )
    flags = integrity.reciprocal_pairs(narrow, expected)
    return [
        msgspec.structs.replace(
            flag,
            people=chosen[flag.people].tolist(),
            ideas=sorted(set(log.idea[kept[flag.votes]].tolist())),
            votes=kept[flag.votes].tolist(),
        )
        for flag in flags
    ]


def _chance_of_yes(cards: Cards, yes: Bools) -> Floats:
    """σ(logit of the person's rate + logit of the idea's rate − logit of the common rate), rates smoothed."""
    common = (yes.sum() + 1.0) / (yes.size + 2.0)
    sides = [_smoothed(cards.person, yes, common), _smoothed(cards.idea, yes, common)]
    logit = sum(np.log(side / (1 - side)) for side in sides) - np.log(common / (1 - common))
    return np.asarray(1 / (1 + np.exp(-logit)))


def _smoothed(label: Ints, yes: Bools, common: float) -> Floats:
    rate = (np.bincount(label, weights=yes) + _SMOOTHING * common) / (np.bincount(label) + _SMOOTHING)
    return np.asarray(rate[label])


def _one_department(inputs: CrowdInputs, cards: Cards, votes: _Votes) -> list[integrity.Flag]:
    """Authors who did not vote have no department here; they gave no vote that could be one of a ballot."""
    department = np.zeros(len(votes.people), dtype=np.int64)
    department[cards.person] = cards.department
    share = np.bincount(cards.department, minlength=inputs.department_count) / cards.department.size
    if share.size < 2:
        return []
    return integrity.one_department_ballots(votes.log, department, share)


def _found(inputs: CrowdInputs, cards: Cards, votes: _Votes, flag: integrity.Flag, before: Floats) -> FoundFlag:
    kept = np.ones(cards.idea.size, dtype=np.bool_)
    kept[votes.card[flag.votes]] = False
    effects = integrity.effect(before, rank_order(inputs, cards, kept), flag.ideas)
    people = sorted(votes.people[person] for person in flag.people)
    return FoundFlag(
        kind=flag.kind,
        fingerprint=_fingerprint(inputs, flag, people),
        people=people,
        votes=len(flag.votes),
        p_value=flag.p_value,
        reason=f"{flag.text[0].upper()}{flag.text[1:]}.",
        effects=[
            RankEffect(idea_id=inputs.ideas[one.idea], rank_with=one.rank_with, rank_without=one.rank_without)
            for one in effects
        ],
    )


def _fingerprint(inputs: CrowdInputs, flag: integrity.Flag, people: Sequence[UUID]) -> str:
    """Pairs and rings are their people; bursts and ballots are their idea, whoever joins later."""
    meant = people if flag.kind in ("reciprocal", "ring") else [inputs.ideas[idea] for idea in flag.ideas]
    return hashlib.sha256(f"{flag.kind}:{','.join(map(str, meant))}".encode()).hexdigest()
