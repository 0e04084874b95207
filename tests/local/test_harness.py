import asyncpg
import pytest
from redis import Redis

from ideation.database import Connection, open_connection
from tests.factories import make_person
from tests.harness import with_database, with_redis_database


async def _people(connection: Connection) -> int:
    count: int = await connection.fetchval("SELECT count(*) FROM people")
    return count


@pytest.mark.parametrize("repetition", [1, 2])
async def test_connection_forgets_what_the_test_before_wrote(connection: Connection, repetition: int) -> None:
    assert await _people(connection) == 0
    await make_person(connection)
    assert await _people(connection) == 1


@pytest.mark.parametrize("repetition", [1, 2])
async def test_database_url_is_a_fresh_database_for_several_connections(database_url: str, repetition: int) -> None:
    first, second = await open_connection(database_url), await open_connection(database_url)
    assert await _people(first) == 0
    await make_person(first)
    assert await _people(second) == 1
    await second.close()
    await first.close()


async def test_database_url_is_dropped_although_a_connection_is_still_open(database_url: str) -> None:
    pool = await asyncpg.create_pool(database_url, min_size=1)
    assert await pool.fetchval("SELECT 1") == 1
    pool.terminate()


@pytest.mark.parametrize("repetition", [1, 2])
def test_redis_url_is_empty_at_every_start(redis_url: str, repetition: int) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "over")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://me:secret@db:5432/ideation?sslmode=require",
            "postgresql://me:secret@db:5432/other?sslmode=require",
        ),
        ("postgresql://me@/ideation?host=%2Frun%2Fpg", "postgresql://me@/other?host=%2Frun%2Fpg"),
        ("postgresql:///ideation", "postgresql:///other"),
    ],
)
def test_with_database_changes_only_the_name(url: str, expected: str) -> None:
    assert with_database(url, "other") == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://:secret@cache:6379/0", "redis://:secret@cache:6379/0?db=3"),
        ("unix:///run/redis.sock?db=0", "unix:///run/redis.sock?db=3"),
    ],
)
def test_with_redis_database_wins_over_the_number_in_the_path(url: str, expected: str) -> None:
    numbered = with_redis_database(url, 3)
    assert numbered == expected
    assert Redis.from_url(numbered).connection_pool.connection_kwargs["db"] == 3
