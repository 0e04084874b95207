"""SQL of the criteria of a challenge."""

from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.challenges_forms import CriterionInput, CriterionOut
from ideation.ids import new_id
from ideation.queries import load_statements, rows_as

_SQL = load_statements("criteria")


async def list_criteria(connection: Connection, challenge_id: UUID) -> list[CriterionOut]:
    """The criteria of a challenge in their order."""
    return rows_as(await connection.fetch(_SQL["list_criteria"], challenge_id), CriterionOut)


async def replace_criteria(connection: Connection, challenge_id: UUID, criteria: list[CriterionInput]) -> None:
    """Make these the criteria of the challenge; one that keeps its key keeps its id."""
    await connection.execute(_SQL["delete_other_criteria"], challenge_id, [criterion.key for criterion in criteria])
    rows = [
        (new_id(), challenge_id, *_columns(criterion), position) for position, criterion in enumerate(criteria, start=1)
    ]
    await connection.executemany(_SQL["put_criterion"], rows)


def _columns(criterion: CriterionInput) -> tuple[object, ...]:
    return msgspec.structs.astuple(criterion)


async def has_reviews(connection: Connection, challenge_id: UUID) -> bool:
    """Whether anybody began a review in this challenge."""
    begun: bool = await connection.fetchval(_SQL["has_reviews"], challenge_id)
    return begun
