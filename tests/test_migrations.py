"""Migrations run from empty to head, down and up again, and several at once."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from ideation import migrate
from ideation.database import Connection
from ideation.ids import new_id
from ideation.migrate import (
    Migration,
    applied_numbers,
    load_migrations,
    migrate_down,
    migrate_up,
    pending_migrations,
)
from tests.factories import NOW, insert, make_challenge, make_idea, make_person

# What a database consists of, as far as our migrations can change it.
_CATALOGUE = """
SELECT 'column', table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'function', pg_get_functiondef(pg_proc.oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
UNION ALL SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'type', typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
ORDER BY 1, 2
"""
_SOMEBODY_WAITS = """
SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
               WHERE datname = current_database() AND NOT granted)
"""


async def catalogue(connection: "asyncpg.Connection[asyncpg.Record]") -> list[tuple[str, str]]:
    """Everything the database consists of."""
    return [(row[0], row[1]) for row in await connection.fetch(_CATALOGUE)]


def test_numbers_follow_each_other_and_go_both_ways() -> None:
    migrations = load_migrations()
    assert [migration.number for migration in migrations] == list(range(1, len(migrations) + 1))
    assert all(migration.up and migration.down for migration in migrations)


async def test_down_leaves_nothing_and_up_makes_the_same_again(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    before = await catalogue(connection)
    undone = await migrate_down(connection, 0)
    empty = await catalogue(connection)
    done = await migrate_up(connection)
    after = await catalogue(connection)
    await connection.close()
    assert [m.number for m in undone] == [m.number for m in reversed(done)]
    assert {text.split(".")[0] for kind, text in empty if kind == "column"} == {"schema_migrations"}
    assert [text for kind, text in empty if kind in ("function", "trigger", "type")] == []
    assert after == before


async def test_each_step_can_be_taken_back_alone(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    for migration in reversed(load_migrations()):
        (undone,) = await migrate_down(connection, migration.number - 1)
        below = await catalogue(connection)
        await migrate_up(connection, migration.number)
        await migrate_down(connection, migration.number - 1)
        assert (undone.number, await catalogue(connection)) == (migration.number, below)
    await connection.close()


async def test_up_again_changes_nothing(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    assert await migrate_up(connection) == []
    assert await pending_migrations(connection) == []
    assert await applied_numbers(connection) == [migration.number for migration in load_migrations()]
    await connection.close()


async def test_several_at_once_apply_each_step_once(database_url: str) -> None:
    connections = [await asyncpg.connect(database_url) for _ in range(4)]
    await migrate_down(connections[0], 0)
    done = await asyncio.gather(*[migrate_up(connection) for connection in connections])
    for connection in connections:
        await connection.close()
    assert sorted(len(steps) for steps in done) == [0, 0, 0, len(load_migrations())]


async def test_failing_step_leaves_no_trace(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await migrate_down(connection, 0)
    await connection.execute("CREATE TABLE votes (in_the_way integer)")
    with pytest.raises(asyncpg.DuplicateTableError):
        await migrate_up(connection)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    assert [row[0] for row in tables] == ["schema_migrations", "votes"]
    assert await applied_numbers(connection) == []
    await connection.close()


def step(number: int, up: str) -> Migration:
    """A migration that only a test knows."""
    return Migration(number=number, name=f"step_{number}", up=up, down=f"DROP TABLE step_{number}")


async def own_tables(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """The tables of the steps that only a test knows."""
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE starts_with(tablename, 'step_') ORDER BY 1")
    return [row[0] for row in rows]


BROKEN = "CREATE TABLE step_2 (number integer); SELECT 1 / 0"
STEPS = [step(number, f"CREATE TABLE step_{number} (number integer)") for number in (1, 2, 3)]


async def test_failing_second_step_leaves_the_first_and_is_where_the_next_run_goes_on(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, other = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    await migrate_down(connection, 0)
    monkeypatch.setattr(migrate, "load_migrations", lambda: [STEPS[0], step(2, BROKEN), STEPS[2]])
    both = await asyncio.gather(migrate_up(connection), migrate_up(other), return_exceptions=True)
    assert [type(one) for one in both] == [asyncpg.DivisionByZeroError] * 2
    assert (await applied_numbers(connection), await own_tables(connection)) == ([1], ["step_1"])
    monkeypatch.setattr(migrate, "load_migrations", lambda: STEPS)
    done = await asyncio.gather(migrate_up(connection), migrate_up(other))
    assert sorted([migration.number for migration in steps] for steps in done) == [[], [2, 3]]
    assert (await applied_numbers(connection), await own_tables(connection)) == (
        [1, 2, 3],
        ["step_1", "step_2", "step_3"],
    )
    await other.execute("CREATE VIEW in_the_way AS SELECT number FROM step_2")
    with pytest.raises(asyncpg.DependentObjectsStillExistError):
        await migrate_down(connection, 0)
    assert (await applied_numbers(connection), await own_tables(connection)) == ([1, 2], ["step_1", "step_2"])
    await connection.close()
    await other.close()


async def test_two_at_once_take_turns_over_the_whole_run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT_MILLISECONDS", 50)
    monkeypatch.setattr(migrate, "PAUSES_SECONDS", (0.05,) * 1000)
    first, second, holding = [await asyncpg.connect(database_url) for _ in range(3)]
    await migrate_down(first, 0)
    await holding.execute("CREATE TABLE held (number integer)")
    held = holding.transaction()
    await held.start()
    await holding.execute("LOCK TABLE held")
    waiting = step(2, "CREATE TABLE step_2 (number integer); LOCK TABLE held")
    monkeypatch.setattr(migrate, "load_migrations", lambda: [STEPS[0], waiting, STEPS[2]])
    one = asyncio.create_task(migrate_up(first))
    while await applied_numbers(holding) != [1]:
        assert not one.done()
        await asyncio.sleep(0.01)
    other = asyncio.create_task(migrate_up(second))
    await asyncio.sleep(0.3)
    assert (one.done(), other.done(), await applied_numbers(holding)) == (False, False, [1])
    await held.rollback()
    assert [len(steps) for steps in await asyncio.gather(one, other)] == [3, 0]
    for connection in (first, second, holding):
        await connection.close()


async def test_up_gives_way_to_requests_under_way_and_tries_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT_MILLISECONDS", 50)
    monkeypatch.setattr(migrate, "PAUSES_SECONDS", (0.05,) * 1000)
    connection, holding = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    last = len(load_migrations())
    await migrate_down(connection, last - 1)
    held = holding.transaction()
    await held.start()
    await holding.execute("LOCK TABLE schema_migrations IN SHARE MODE")
    migrating = asyncio.create_task(migrate_up(connection))
    await asyncio.sleep(0.3)
    assert not migrating.done()
    await held.rollback()
    assert [migration.number for migration in await migrating] == [last]
    await connection.close()
    await holding.close()


async def test_up_gives_up_when_the_lock_never_comes(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT_MILLISECONDS", 50)
    monkeypatch.setattr(migrate, "PAUSES_SECONDS", (0.01, 0.01))
    connection, holding = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    await migrate_down(connection, len(load_migrations()) - 1)
    held = holding.transaction()
    await held.start()
    await holding.execute("LOCK TABLE schema_migrations IN SHARE MODE")
    with pytest.raises(asyncpg.LockNotAvailableError):
        await migrate_up(connection)
    await held.rollback()
    await connection.close()
    await holding.close()


async def test_skips_where_tokens_are_given_are_counted_anew_with_those_given_meanwhile(database_url: str) -> None:
    connection, voting = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    await migrate_down(connection, 13)
    challenge_id = await make_challenge(connection, voting_method="budget", token_budget=10)
    idea_id = await make_idea(connection, challenge_id)
    await skip(connection, challenge_id, idea_id, await make_person(connection))
    late = await make_person(connection)
    counted = [await yes_and_skips(connection, idea_id)]
    under_way = voting.transaction()
    await under_way.start()
    await skip(voting, challenge_id, idea_id, late)
    migrating = asyncio.create_task(migrate_up(connection, 14))
    while not await voting.fetchval(_SOMEBODY_WAITS):
        assert not migrating.done()
        await asyncio.sleep(0.01)
    await under_way.commit()
    await migrating
    counted.append(await yes_and_skips(connection, idea_id))
    await migrate_down(connection, 13)
    counted.append(await yes_and_skips(connection, idea_id))
    await connection.close()
    await voting.close()
    assert counted == [(1, 0), (0, 2), (2, 0)]


async def skip(connection: Connection, challenge_id: UUID, idea_id: UUID, person_id: UUID) -> None:
    """Whoever was dealt the card of this idea passes it over."""
    ids = {"challenge_id": challenge_id, "idea_id": idea_id, "person_id": person_id}
    card = {"id": new_id(), "sitting_id": new_id(), "position": 1, "dealt_by": "feed", "own_department": False}
    await insert(connection, "impressions", **ids, **card, dealt_at=NOW)
    await insert(connection, "votes", **ids, impression_id=card["id"], value=None, created_at=NOW, updated_at=NOW)


async def yes_and_skips(connection: Connection, idea_id: UUID) -> tuple[int, int]:
    """What the counters of an idea say."""
    row = await connection.fetchrow("SELECT yes, skips FROM idea_tallies WHERE idea_id = $1", idea_id)
    assert row is not None
    return row["yes"], row["skips"]
