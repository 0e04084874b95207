"""SQL of votes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from ideation.database import Connection
from ideation.entities.votes import CountRow, GivenVote, VoteRow
from ideation.errors import Invalid
from ideation.queries import load_statements, row_as

_SQL = load_statements("votes")


@contextmanager
def _within_budget() -> Iterator[None]:
    """Says it in words when the database refuses more tokens than a person has."""
    try:
        yield
    except asyncpg.CheckViolationError as error:
        if error.constraint_name != "votes_token_budget":
            raise
        raise Invalid(f"You do not have that many tokens: {error.message}.", reason="too-few-tokens") from error


async def answer_cards(connection: Connection, given: Sequence[GivenVote]) -> list[VoteRow | None]:
    """Write answers to dealt cards; None for each that its card, idea, person or moment does not allow.

    No two may be by the same person on the same card. They are written together or, when this raises, not at all.
    """
    return await _write(connection, _SQL["answer_cards"], given)


async def find_card(connection: Connection, card_id: UUID, person_id: UUID) -> tuple[UUID, UUID] | None:
    """Challenge and idea of a card dealt to this person."""
    row = await connection.fetchrow(_SQL["find_card"], card_id, person_id)
    return None if row is None else (row["challenge_id"], row["idea_id"])


async def put_votes(connection: Connection, given: Sequence[GivenVote]) -> list[VoteRow | None]:
    """Write votes from outside the feed; None for each that its idea, person or moment does not allow.

    No two may be by the same person on the same idea. They are written together or, when this raises, not at all.
    """
    return await _write(connection, _SQL["put_votes"], given)


async def _write(connection: Connection, statement: str, given: Sequence[GivenVote]) -> list[VoteRow | None]:
    columns = (
        [one.target_id for one in given],
        [one.actor.person_id for one in given],
        [one.value for one in given],
        [None if one.methods is None else ",".join(one.methods) for one in given],
        [one.at for one in given],
        [one.actor.department for one in given],
        [one.actor.site for one in given],
    )
    with _within_budget():
        rows = await connection.fetch(statement, *columns)
    written = {row["place"]: _vote(row) for row in rows}
    return [written.get(place) for place in range(1, len(given) + 1)]


async def find_merged_card(connection: Connection, survivor_id: UUID, person_id: UUID) -> UUID | None:
    """The card whose answer is the person's voice on this idea, where it was dealt for an idea merged into it."""
    card_id: UUID | None = await connection.fetchval(_SQL["find_merged_card"], survivor_id, person_id)
    return card_id


async def remove_vote(connection: Connection, idea_id: UUID, person_id: UUID, now: datetime) -> bool:
    """Remove the vote if there is one; False when voting is not open."""
    was_open: bool = await connection.fetchval(_SQL["remove_vote"], idea_id, person_id, now)
    return was_open


async def find_vote(connection: Connection, idea_id: UUID, person_id: UUID) -> VoteRow | None:
    """How the person last voted on the idea, or on one merged into it."""
    return _vote(await connection.fetchrow(_SQL["find_vote"], idea_id, person_id))


async def spent_tokens(connection: Connection, challenge_id: UUID, person_id: UUID, but_on: UUID | None) -> int:
    """Tokens or lemons the person has given out in the challenge, those on one idea aside."""
    spent: int = await connection.fetchval(_SQL["spent_tokens"], challenge_id, person_id, but_on)
    return spent


async def survivor_of(connection: Connection, idea_id: UUID) -> UUID | None:
    """The idea itself, or the one it was merged into."""
    survivor: UUID | None = await connection.fetchval(_SQL["survivor_of"], idea_id)
    return survivor


async def count_votes(connection: Connection, idea_ids: list[UUID]) -> dict[UUID, CountRow]:
    """Counts of distinct people over each of some ideas and those merged into it."""
    rows = await connection.fetch(_SQL["count_votes"], idea_ids)
    return {row["idea_id"]: row_as(row, CountRow) for row in rows}


async def is_author_of_folded(connection: Connection, idea_id: UUID, person_id: UUID) -> bool:
    """Whether the person is an author of the idea or of one merged into it."""
    author: bool = await connection.fetchval(_SQL["is_author_of_folded"], idea_id, person_id)
    return author


async def takes_votes(connection: Connection, challenge_id: UUID, now: datetime) -> bool:
    """Whether the challenge takes votes at `now`."""
    takes: bool | None = await connection.fetchval(_SQL["takes_votes"], challenge_id, now)
    return bool(takes)


async def owes_review(connection: Connection, idea_id: UUID, person_id: UUID) -> bool:
    """Whether the person has still to send a review of the idea."""
    owes: bool = await connection.fetchval(_SQL["owes_review"], idea_id, person_id)
    return owes


def _vote(row: Any) -> VoteRow | None:
    return None if row is None else row_as(row, VoteRow)
