"""What is broken, how, and how it is mended."""

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from benchmarks.faults.fleet import KINDS, Program
from benchmarks.faults.site import Site
from ideation.database import Connection
from workers.lanes import LANES

Step = Callable[[Site], Awaitable[None]]
_ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("api", "ideation", "migrations", "scoring", "workers")
_REDIS_BYTES = 1
_LOOKS = 4000
_SLOW_SYNC_SECONDS = 0.1
_CLOCK_STEP_SECONDS = 600


async def _nothing(_site: Site) -> None:
    return


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One way to break the installation; what `strike` does holds until `mend`, some seconds later."""

    name: str
    text: str
    strike: Step
    mend: Step = _nothing
    # Whether it lasts beyond the moment at which the challenge closes.
    over_the_close: bool = False
    needs_compiler: bool = False


def _killing(kind: str, times: int) -> Step:
    async def strike(site: Site) -> None:
        for _ in range(times):
            await asyncio.to_thread(site.fleet.kill, kind)
            await asyncio.sleep(1.5)

    return strike


def _holding(kind: str) -> Step:
    async def strike(site: Site) -> None:
        await asyncio.to_thread(site.fleet.kill, kind, hold=True)

    return strike


async def _release(site: Site) -> None:
    site.fleet.release()


async def _kill_mid_job(site: Site) -> None:
    """Wait for a job to be in the middle of its work, three times, and kill the workers there."""
    connection = await site.connect()
    try:
        for _ in range(3):
            await _see_running_job(connection)
            await asyncio.to_thread(site.fleet.kill, "work")
            await asyncio.sleep(1.0)
    finally:
        await connection.close()


async def _see_running_job(connection: Connection) -> None:
    for _ in range(_LOOKS):
        if await connection.fetchval(_RUNNING_JOBS):
            return
        await asyncio.sleep(0.005)
    raise RuntimeError("no job was seen in the middle of its work")


_RUNNING_JOBS = """
SELECT count(*) FROM staged_jobs
WHERE started_at IS NOT NULL AND finished_at IS NULL AND failed_at IS NULL AND enqueued_at IS NOT NULL
"""


async def _stop_postgres(site: Site) -> None:
    await asyncio.to_thread(site.servers.stop_postgres)


async def _start_postgres(site: Site) -> None:
    await asyncio.to_thread(site.start_postgres)


async def _restart_postgres(site: Site) -> None:
    await _stop_postgres(site)
    await _start_postgres(site)


async def _kill_postgres(site: Site) -> None:
    await site.kill_postgres()


async def _stop_redis(site: Site) -> None:
    await asyncio.to_thread(site.servers.stop_redis)


async def _start_redis(site: Site) -> None:
    await asyncio.to_thread(site.servers.start_redis)


async def _kill_redis(site: Site) -> None:
    await asyncio.to_thread(site.kill_redis)


async def _flush_redis(site: Site) -> None:
    with site.redis() as client:
        for _ in range(4):
            client.flushall()
            await asyncio.sleep(0.5)


async def _fill_redis(site: Site) -> None:
    with site.redis() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", _REDIS_BYTES)


async def _empty_redis(site: Site) -> None:
    with site.redis() as client:
        client.config_set("maxmemory", 0)


async def _terminate_connections(site: Site) -> None:
    connection = await site.connect()
    try:
        for _ in range(6):
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            await asyncio.sleep(0.4)
    finally:
        await connection.close()


async def _cut_lines(site: Site) -> None:
    site.postgres_proxy.cut()
    site.redis_proxy.cut()


async def _mend_lines(site: Site) -> None:
    site.postgres_proxy.mend()
    site.redis_proxy.mend()


async def _slow_disk(site: Site) -> None:
    assert site.disk is not None
    site.disk.set(sync_seconds=_SLOW_SYNC_SECONDS)


async def _quick_disk(site: Site) -> None:
    assert site.disk is not None
    site.disk.set()


def _stepping(seconds: int) -> Step:
    async def strike(site: Site) -> None:
        assert site.clock is not None
        site.clock.set(clock_seconds=seconds)

    return strike


async def _raise_in_jobs(site: Site) -> None:
    """Lanes that raise in place of the ordinary worker."""
    await asyncio.to_thread(site.fleet.retire, site.fleet.names("work"))
    lanes = [
        Program(
            name=f"raising-{lane}",
            kind="work",
            arguments=("-m", "benchmarks.faults.raising_lane", lane),
            environment=site.environment(),
            folder=_ROOT,
        )
        for lane in LANES
    ]
    site.fleet.start(lanes)


async def _ordinary_worker(site: Site) -> None:
    await asyncio.to_thread(site.fleet.retire, site.fleet.names("work"))
    site.fleet.start([site.program("work", 1)])


async def _double(site: Site) -> None:
    """A second process of every kind; then one of each is killed."""
    site.fleet.start([site.program(kind, 2) for kind in KINDS])
    await asyncio.sleep(3)
    for kind in KINDS:
        await asyncio.to_thread(site.fleet.kill_one, f"{kind}-1")
        await asyncio.sleep(0.5)


async def _single(site: Site) -> None:
    await asyncio.to_thread(site.wait_until_ready)
    await _retire_gracefully(site, [f"{kind}-2" for kind in KINDS])


async def _ask_to_stop(site: Site) -> None:
    """SIGTERM to one process of each kind, each followed by its successor."""
    for kind in KINDS:
        site.fleet.start([site.program(kind, 2)])
        await asyncio.to_thread(site.wait_until_ready)
        await _retire_gracefully(site, [f"{kind}-1"])
        site.fleet.start([site.program(kind, 1)])
        await asyncio.to_thread(site.wait_until_ready)
        await _retire_gracefully(site, [f"{kind}-2"])


async def _retire_gracefully(site: Site, names: list[str]) -> None:
    codes = await asyncio.to_thread(site.fleet.retire, names)
    # uvicorn ends by the signal it was sent, once it has answered everything.
    if any(code not in (0, -signal.SIGTERM) for code in codes):
        raise RuntimeError(f"asked to stop, {names} ended with {codes}")


async def _deploy(site: Site) -> None:
    """New code with a further migration beside the old code: migrate, start the new, then end the old, kind by kind."""
    folder = await asyncio.to_thread(_copy_with_migration, site.directory / "new_code")
    command = [sys.executable, "-c", "from ideation.cli import main; main()", "migrate"]
    done = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=site.environment(PATH="/usr/bin:/bin"), stdout=subprocess.DEVNULL
    )
    if await done.wait() != 0:
        raise RuntimeError("the migration of the deploy failed")
    await asyncio.sleep(1.0)
    for kind in KINDS:
        site.fleet.start([site.program(kind, 2, folder)])
        await asyncio.to_thread(site.wait_until_ready)
        await _retire_gracefully(site, [f"{kind}-1"])


def _copy_with_migration(folder: Path) -> Path:
    if not folder.exists():
        for package in _PACKAGES:
            shutil.copytree(_ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "migrations" / "9001_deploy.up.sql").write_text(
            "ALTER TABLE ideas ADD COLUMN note text NOT NULL DEFAULT '';\n"
            "ALTER TABLE challenges ADD COLUMN note text NOT NULL DEFAULT '';\n"
            "CREATE INDEX ideas_note_idx ON ideas (note) WHERE note <> '';\n",
            encoding="utf-8",
        )
        (folder / "migrations" / "9001_deploy.down.sql").write_text(
            "DROP INDEX ideas_note_idx;\n"
            "ALTER TABLE ideas DROP COLUMN note;\n"
            "ALTER TABLE challenges DROP COLUMN note;\n",
            encoding="utf-8",
        )
    return folder


async def _back_to_one(site: Site) -> None:
    """The ordinary processes again, for the rounds that follow; the database keeps the further migration."""
    for kind in KINDS:
        site.fleet.start([site.program(kind, 1)])
        await asyncio.to_thread(site.wait_until_ready)
        await _retire_gracefully(site, [f"{kind}-2"])


FAULTS = (
    Fault(name="none", text="nothing is broken", strike=_nothing),
    Fault(name="api killed", text="kill -9 in the middle of requests, twice", strike=_killing("api", 2)),
    Fault(name="worker killed", text="kill -9 in the middle of a job, three times", strike=_kill_mid_job),
    Fault(name="drain killed", text="kill -9, twice", strike=_killing("drain", 2)),
    Fault(
        name="schedule killed",
        text="kill -9, and away over the close",
        strike=_holding("schedule"),
        mend=_release,
        over_the_close=True,
    ),
    Fault(name="drain away", text="away over the close", strike=_holding("drain"), mend=_release, over_the_close=True),
    Fault(name="postgres stopped", text="stopped, started again", strike=_stop_postgres, mend=_start_postgres),
    Fault(
        name="postgres away at the close",
        text="stopped over the close",
        strike=_stop_postgres,
        mend=_start_postgres,
        over_the_close=True,
    ),
    Fault(name="postgres restarted", text="restarted at once", strike=_restart_postgres),
    Fault(name="postgres killed", text="kill -9 of every process of it", strike=_kill_postgres, mend=_start_postgres),
    Fault(
        name="redis stopped", text="stopped over the close", strike=_stop_redis, mend=_start_redis, over_the_close=True
    ),
    Fault(name="redis killed", text="kill -9", strike=_kill_redis, mend=_start_redis),
    Fault(name="redis flushed", text="FLUSHALL four times", strike=_flush_redis),
    Fault(
        name="redis full",
        text="maxmemory reached, noeviction, over the close",
        strike=_fill_redis,
        mend=_empty_redis,
        over_the_close=True,
    ),
    Fault(name="connections ended", text="pg_terminate_backend on all, six times", strike=_terminate_connections),
    Fault(
        name="lines cut", text="every connection to both servers cut and refused", strike=_cut_lines, mend=_mend_lines
    ),
    Fault(
        name="slow disk",
        text="every fsync of PostgreSQL takes 100 ms more",
        strike=_slow_disk,
        mend=_quick_disk,
        needs_compiler=True,
    ),
    Fault(
        name="clock forward",
        text="ten minutes ahead, then back",
        strike=_stepping(_CLOCK_STEP_SECONDS),
        mend=_stepping(0),
        needs_compiler=True,
    ),
    Fault(
        name="clock back",
        text="ten minutes behind, then right again",
        strike=_stepping(-_CLOCK_STEP_SECONDS),
        mend=_stepping(0),
        needs_compiler=True,
    ),
    Fault(
        name="jobs raise",
        text="one in ten raises, before or after its work",
        strike=_raise_in_jobs,
        mend=_ordinary_worker,
        over_the_close=True,
    ),
    Fault(name="two of each", text="two of every process, one of each killed", strike=_double, mend=_single),
    Fault(name="asked to stop", text="SIGTERM to each in turn, its successor beside it", strike=_ask_to_stop),
    Fault(name="deploy", text="old and new code at once, a migration between", strike=_deploy, mend=_back_to_one),
)
