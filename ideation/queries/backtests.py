"""SQL of back-tests."""

from uuid import UUID

from ideation.database import Connection
from ideation.entities.backtests import DecidedIdea, RankingToTest
from ideation.queries import load_statements, rows_as

_SQL = load_statements("backtests")


async def list_rankings(connection: Connection, challenge_id: UUID) -> list[RankingToTest]:
    """The newest closing and panel rankings from before the first answer."""
    return rows_as(await connection.fetch(_SQL["list_rankings"], challenge_id), RankingToTest)


async def list_decided(connection: Connection, ranking_id: UUID) -> list[DecidedIdea]:
    """Ranked ideas with their standing answer."""
    return rows_as(await connection.fetch(_SQL["list_decided"], ranking_id), DecidedIdea)


async def count_decided(connection: Connection, challenge_id: UUID) -> int:
    """Ideas with an answer."""
    count: int = await connection.fetchval(_SQL["count_decided"], challenge_id)
    return count


async def count_judges_of_both(connection: Connection, challenge_id: UUID, ranking: RankingToTest) -> int:
    """People behind a ranking who judged ideas of both outcomes."""
    count: int = await connection.fetchval(_SQL["count_judges_of_both"], challenge_id, ranking.kind, ranking.created_at)
    return count
