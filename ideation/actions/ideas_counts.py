"""The counts of ideas as one reader sees them."""

from uuid import UUID

from ideation.database import Connection
from ideation.entities.challenges import VotingMethod
from ideation.entities.ideas import CountedIdea
from ideation.entities.votes import VoteCounts
from ideation.queries import ideas_list as queries
from ideation.rules.votes import answer_of


async def count_votes(
    connection: Connection, idea_ids: list[UUID], person_id: UUID, method: VotingMethod
) -> dict[UUID, VoteCounts]:
    """Counts by idea, for ideas whose counts the person may see."""
    if not idea_ids:
        return {}
    rows = await queries.count_votes(connection, idea_ids, person_id)
    return {row.idea_id: _counts(row, method) for row in rows}


def no_votes(idea_id: UUID, method: VotingMethod) -> VoteCounts:
    """The counts of an idea that nobody has seen yet."""
    return _counts(
        CountedIdea(
            idea_id=idea_id,
            views=0,
            positive=0,
            no=0,
            skips=0,
            supporters=0,
            mean_stars=None,
            answered=False,
            own_value=None,
            folded=False,
        ),
        method,
    )


def _counts(row: CountedIdea, method: VotingMethod) -> VoteCounts:
    stars = method is VotingMethod.STARS
    return VoteCounts(
        idea_id=row.idea_id,
        views=row.views,
        yes=0 if stars else row.positive,
        no=row.no,
        skips=row.skips,
        ratings=row.positive if stars else 0,
        mean_stars=row.mean_stars if stars else None,
        supporters=row.supporters,
        own_answer=answer_of(row.own_value, method) if row.answered else None,
    )
