"""Challenges with real texts, for the tests of duplicates and themes."""

import gzip
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.settings import Settings
from tests.factories import NOW, make_challenge, make_idea, make_person
from workers.context import JobContext
from workers.jobs.duplicates import find_duplicates
from workers.jobs.themes import refresh_themes

SETTINGS = Settings(database_url="postgresql://x", redis_url="redis://x", secret_key="x" * 32, refine_ideas=False)


@cache
def real_texts(name: str = "coatings") -> list[tuple[str, str]]:
    """Titles and bodies of the ideas of a shipped challenge."""
    with gzip.open(str(files("ideation.local").joinpath(f"data/{name}.jsonl.gz"))) as lines:
        rows = [msgspec.json.decode(line) for line in lines]
    return [(row["title"], row.get("body", "")) for row in rows if row.get("type", row.get("kind")) == "idea"]


def texts_of(*names: str) -> list[tuple[str, str]]:
    """The texts of several shipped challenges, taken in turns."""
    lists = [real_texts(name) for name in names]
    longest = max(len(texts) for texts in lists)
    return [texts[place] for place in range(longest) for texts in lists if place < len(texts)]


def context(
    connection: Connection,
    subject: UUID,
    *,
    now: datetime = NOW + timedelta(minutes=1),
    settings: Settings = SETTINGS,
) -> JobContext:
    """What a job is given; ideas are not refined unless the settings say so."""
    return JobContext(connection=connection, settings=settings, subject=str(subject), arguments={}, now=now)


async def refresh(connection: Connection, challenge_id: UUID) -> None:
    """Run the analysis of a whole challenge."""
    await refresh_themes(context(connection, challenge_id))


async def check(connection: Connection, idea_id: UUID) -> None:
    """Run the check of one idea."""
    await find_duplicates(context(connection, idea_id))


async def make_real_challenge(connection: Connection, count: int, **given: object) -> tuple[UUID, list[UUID]]:
    """A challenge with that many ideas of the shipped data."""
    challenge_id = await make_challenge(connection, **given)
    author_id = await make_person(connection)
    ideas = [
        await make_idea(connection, challenge_id, author_id, title=title[:200], body=body)
        for title, body in real_texts()[:count]
    ]
    return challenge_id, ideas


async def theme_of(connection: Connection, challenge_id: UUID) -> dict[UUID, UUID | None]:
    """The theme of every placed idea."""
    rows = await connection.fetch("SELECT idea_id, theme_id FROM idea_placements WHERE challenge_id = $1", challenge_id)
    return {row["idea_id"]: row["theme_id"] for row in rows}


async def proposed(connection: Connection, challenge_id: UUID) -> set[tuple[UUID, UUID]]:
    """The pairs that wait for a verdict."""
    rows = await connection.fetch(
        "SELECT idea_a, idea_b FROM duplicate_pairs WHERE challenge_id = $1 AND state = 'proposed'", challenge_id
    )
    return {(row["idea_a"], row["idea_b"]) for row in rows}


def pair(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """Two ideas in the order in which pairs hold them."""
    return (one, other) if one < other else (other, one)


async def decide(connection: Connection, ideas: tuple[UUID, UUID], state: str) -> None:
    """Give a verdict."""
    person_id = await make_person(connection)
    await connection.execute(
        "UPDATE duplicate_pairs SET state = $3, decided_by = $4, decided_at = $5 WHERE idea_a = $1 AND idea_b = $2",
        *ideas,
        state,
        person_id,
        NOW,
    )
