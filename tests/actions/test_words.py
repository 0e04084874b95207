"""Words and their commonness, as PostgreSQL knows them."""

import pytest

from ideation.database import Connection, open_connection
from ideation.queries.words import ask_words, nearest_by_words
from tests.factories import NOW, make_challenge, make_idea


async def test_the_words_of_a_text_are_those_of_the_index(connection: Connection) -> None:
    asked = await ask_words(connection, "Solar panels on every roof, and a C compiler")
    assert sorted(asked.words) == ["compil", "everi", "panel", "roof", "solar"]


async def test_statistics_are_read_again_once_postgresql_has_renewed_them(database_url: str) -> None:
    connection = await open_connection(database_url)
    try:
        challenge_id = await make_challenge(connection)
        assert (await ask_words(connection, "solar")).statistics.shares.get("solar") is None
        for number in range(8):
            await make_idea(connection, challenge_id, title="Solar roof" if number < 6 else "Bicycle stand", body="")
        await connection.execute("ANALYZE ideas")
        await connection.execute("SELECT pg_stat_clear_snapshot()")
        statistics = (await ask_words(connection, "solar")).statistics
        assert (statistics.ideas, statistics.shares["solar"], statistics.shares["bicycl"]) == (8.0, 0.75, 0.25)
    finally:
        await connection.close()


async def test_ideas_are_ordered_by_the_weights_of_the_words_they_hold(connection: Connection) -> None:
    challenge_id, other = await make_challenge(connection), await make_challenge(connection)
    solar, roof, both = [
        await make_idea(connection, challenge_id, title=title, body="") for title in ("Solar", "Roof", "Solar roof")
    ]
    await make_idea(connection, challenge_id, title="Solar roof", body="", state="draft")
    await make_idea(connection, other, title="Solar roof", body="")
    weights = {"solar": 2.0, "roof": 1.0}
    assert await nearest_by_words(connection, weights, [challenge_id], 10) == [both, solar, roof]
    assert await nearest_by_words(connection, weights, [challenge_id], 2) == [both, solar]
    assert await nearest_by_words(connection, {}, [challenge_id], 10) == []
    assert await nearest_by_words(connection, weights, [], 10) == []


@pytest.mark.parametrize("word", ["it's", "a\\b", "' | 'x", "&", "x:*", "🦊"])
async def test_odd_words_are_looked_for_as_they_are(connection: Connection, word: str) -> None:
    challenge_id = await make_challenge(connection)
    await make_idea(connection, challenge_id, title="Something x", body="", submitted_at=NOW)
    assert await nearest_by_words(connection, {word: 1.0}, [challenge_id], 10) == []
