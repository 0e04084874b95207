"""What the clients were told: the engine is held to every word of it afterwards."""

from collections import Counter
from typing import Literal
from uuid import UUID

import msgspec

Kind = Literal["idea", "comment", "review"]
# Unclear: the connection broke or a server error came, and nobody could say in time whether it was done.
Outcome = Literal["acknowledged", "refused", "unclear"]


class VoteTold(msgspec.Struct, frozen=True):
    """One answer given by a person to an idea, and what came of it."""

    value: int | None
    outcome: Outcome


class Ledger:
    """Everything that was asked for in one round, with the last word on each."""

    def __init__(self) -> None:
        self.texts: dict[Kind, dict[str, Outcome]] = {"idea": {}, "comment": {}, "review": {}}
        self.votes: dict[tuple[UUID, UUID], list[VoteTold]] = {}
        self.repeats = 0

    def note_text(self, kind: Kind, token: str, outcome: Outcome) -> None:
        """An idea, comment or review that carries this token."""
        self.texts[kind][token] = outcome

    def note_vote(self, idea: UUID, person: UUID, value: int | None, outcome: Outcome) -> None:
        """The answer of a person to an idea; a person's answers come one after another."""
        self.votes.setdefault((idea, person), []).append(VoteTold(value, outcome))

    def count(self) -> dict[str, Counter[str]]:
        """How many of each kind were acknowledged, refused or stayed unclear."""
        votes = Counter[str](told.outcome for answers in self.votes.values() for told in answers)
        return {"vote": votes} | {kind: Counter[str](outcomes.values()) for kind, outcomes in self.texts.items()}

    def check_texts(self, kind: Kind, stored: Counter[str]) -> list[str]:
        """Acknowledged ones are there once, refused ones are not there, unclear ones at most once."""
        allowed: dict[Outcome, tuple[int, ...]] = {"acknowledged": (1,), "refused": (0,), "unclear": (0, 1)}
        wrong = [
            f"{kind} {token} was {outcome} and is there {stored[token]} times"
            for token, outcome in self.texts[kind].items()
            if stored[token] not in allowed[outcome]
        ]
        unknown = set(stored) - set(self.texts[kind])
        return [*wrong, *(f"{kind} {token} is there though nobody asked for it" for token in sorted(unknown))]

    def check_votes(self, stored: dict[tuple[UUID, UUID], int | None]) -> list[str]:
        """The last acknowledged answer stands, or a later one that stayed unclear."""
        missing = object()
        wrong = []
        for key, answers in self.votes.items():
            possible = _possible(answers, missing)
            if stored.get(key, missing) not in possible:
                wrong.append(f"vote of {key[1]} on {key[0]} is {stored.get(key, 'missing')}, told {answers}")
        return [*wrong, *(f"vote {key} is there though nobody gave it" for key in stored if key not in self.votes)]


def _possible(answers: list[VoteTold], missing: object) -> list[object]:
    """What may stand after these answers, the last of them last."""
    possible: list[object] = [missing]
    for told in answers:
        if told.outcome == "acknowledged":
            possible = [told.value]
        elif told.outcome == "unclear":
            possible.append(told.value)
    return possible
