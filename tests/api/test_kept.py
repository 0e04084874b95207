"""Figures of large challenges are counted once until something changes; those of small ones always."""

import asyncio
from uuid import UUID

import pytest

from api.kept import Kept
from ideation.actions import live
from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_idea


class Counter:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> int:
        self.times += 1
        await asyncio.sleep(0)
        return self.times


async def ask(api: Api, kept: Kept, challenge_id: UUID, count: Counter) -> int:
    return await kept.recall(api.connection, challenge_id, "count", NOW, count)


async def test_large_challenges_are_counted_again_only_after_a_change(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LARGE_IDEAS", 2)
    challenge_id, kept, count = await make_challenge(api.connection), Kept(), Counter()
    await make_idea(api.connection, challenge_id, submitted_at=NOW)
    assert [await ask(api, kept, challenge_id, count) for _ in range(2)] == [1, 2]
    await make_idea(api.connection, challenge_id, submitted_at=NOW)
    assert [await ask(api, kept, challenge_id, count) for _ in range(2)] == [3, 3]
    await api.connection.execute("UPDATE challenges SET version = version + 1 WHERE id = $1", challenge_id)
    assert [await ask(api, kept, challenge_id, count) for _ in range(2)] == [4, 4]
    assert await kept.recall(api.connection, challenge_id, "another", NOW, count) == 5


@pytest.mark.parametrize(("most", "seconds", "left"), [(3, 30.0, 3), (200, 30.0, 5), (200, 0.0, 1)])
async def test_what_is_over_is_forgotten_and_no_more_than_so_much_is_kept(
    api: Api, monkeypatch: pytest.MonkeyPatch, most: int, seconds: float, left: int
) -> None:
    monkeypatch.setattr(live, "LARGE_IDEAS", 1)
    monkeypatch.setattr("api.kept._MOST_KEPT", most)
    monkeypatch.setattr("api.kept.KEPT_SECONDS", seconds)
    challenge_id, kept, count = await make_challenge(api.connection), Kept(), Counter()
    await make_idea(api.connection, challenge_id, submitted_at=NOW)
    for what in range(5):
        await kept.recall(api.connection, challenge_id, what, NOW, count)
    assert (len(kept._kept), len(kept._busy)) == (left, left)
