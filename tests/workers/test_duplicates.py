"""The check of one idea on the real database, with real texts."""

from ideation.database import Connection
from tests.factories import make_idea
from tests.workers.analysis_world import check, make_real_challenge, proposed, real_texts, refresh, theme_of


async def test_a_new_idea_is_compared_and_placed_without_a_refresh(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 40)
    await refresh(connection, challenge_id)
    title, body = real_texts()[3]
    twin = await make_idea(connection, challenge_id, title=title, body=body)
    before = await proposed(connection, challenge_id)
    await check(connection, twin)
    found = await proposed(connection, challenge_id) - before
    assert (ideas[3], twin) in found
    places = await theme_of(connection, challenge_id)
    assert places[twin] == places[ideas[3]]
