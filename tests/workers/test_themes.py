"""The analysis of a whole challenge on the real database, with real texts."""

from ideation.database import Connection
from tests.workers.analysis_world import make_real_challenge, proposed, refresh, theme_of


async def test_a_refresh_stores_vectors_pairs_themes_places_and_both_runs(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 60)
    await refresh(connection, challenge_id)
    assert await connection.fetchval("SELECT count(*) FROM idea_vectors WHERE challenge_id = $1", challenge_id) == 60
    places = await theme_of(connection, challenge_id)
    assert set(places) == set(ideas)
    runs = await connection.fetch("SELECT kind, idea_count, error, finished_at FROM analysis_runs ORDER BY started_at")
    assert [(run["kind"], run["idea_count"], run["error"]) for run in runs] == [
        ("duplicates", 60, None),
        ("themes", 60, None),
    ]
    assert await proposed(connection, challenge_id)
