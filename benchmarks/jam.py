"""An event of the size of IBM's Innovation Jam, compressed in time, against the whole engine with its workers.

python -m benchmarks.jam [--full] [--texts FILE]

1. The installation starts as it would stand near the end of such an event: its ideas, people, cards and answers are
   there (--full: 46,000 ideas, 150,000 people, 400,000 answers). FILE holds the texts, JSON lines with title and body;
   without it, the packaged texts are put together anew.
2. Submissions, answers and reads arrive at 100, 2,000 and 12,000 a minute while workers look for duplicates of each new
   idea and rank every twenty seconds. Then the rates are raised until p99 passes 200 ms.
3. The challenge closes: themes, closing ranking and shortlist, one after the other, as the jobs and the route do them.
"""

import argparse
import asyncio
import itertools
import os
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from benchmarks.http_client import LoadResult, run_load, run_mixed
from benchmarks.http_servers import ENGINE, Api, Servers, running_api, running_servers, running_workers
from benchmarks.http_world import CHALLENGE, Requests, Size, build, read_texts
from benchmarks.machine import keep, peak_mebibytes, process_tree
from ideation.actions.closing import freeze
from ideation.database import Connection, open_connection
from ideation.staging import stage_job

QUICK = Size(name="a small jam", ideas=2_000, people=6_000, votes=20_000, impressions=60_000)
FULL = Size(name="the jam", ideas=46_000, people=150_000, votes=400_000, impressions=440_000)
# How often a minute. The first two are what the issue of such an event is; the rest are its 12,000 reads.
PER_MINUTE = {
    "submit": 100,
    "answer": 2_000,
    "feed": 250,
    "similar": 300,
    "idea": 5_250,
    "listed": 2_600,
    "shuffled": 2_600,
    "challenge": 1_000,
}
CONNECTIONS = 32
MULTIPLES = (2, 3, 4, 5, 6, 8, 10)
LONGEST_P99_MS = 200.0
SECONDS = {"quick": (15.0, 6.0), "full": (60.0, 12.0)}
_RANKING_INTERVAL_SECONDS = "20"
_WARM_UP_SECONDS = 3.0
_END_SECONDS = 300.0
_UNDONE = """
    SELECT EXISTS (SELECT FROM staged_jobs
                   WHERE job = $2 AND finished_at IS NULL AND failed_at IS NULL AND not_before <= $1)"""


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of the event at a multiple of its rates."""

    multiple: int
    load: LoadResult
    by_kind: dict[str, LoadResult]
    jobs: int
    queue_delay_p50_seconds: float
    queue_delay_p99_seconds: float
    longest_delay_seconds: dict[str, float]

    @property
    def held(self) -> bool:
        """Whether everybody was answered, in time."""
        return self.load.failures == 0 and self.load.unsent == 0 and self.load.p99_ms <= LONGEST_P99_MS


def measure(size: Size, seconds: tuple[float, float], texts: Path | None) -> dict[str, Any]:
    """The whole event."""
    with running_servers() as servers:
        uvloop.run(build(servers.database_url, size, None if texts is None else read_texts(texts)))
        # The event begins on a machine at rest: what was just built, still on its way to the disk, would keep every
        # commit waiting for half a minute.
        os.sync()
        with (
            running_api(servers, ENGINE) as api,
            running_workers(servers, IDEATION_RANKING_INTERVAL_SECONDS=_RANKING_INTERVAL_SECONDS) as workers,
        ):
            phases = uvloop.run(_run_phases(servers, api, size, seconds))
            end = uvloop.run(_end(servers, api))
            memory = _memory(servers, api, workers)
    held = max((phase.multiple for phase in phases if phase.held), default=0)
    return {"size": size, "phases": phases, "multiple_held": held, "end_seconds": end, "peak_mebibytes": memory}


async def _run_phases(servers: Servers, api: Api, size: Size, seconds: tuple[float, float]) -> list[Phase]:
    requests = Requests(size, 0)
    connection = await open_connection(servers.database_url)
    try:
        # The lanes are up once they have done what the warm-up gave them to do.
        await _run_phase(connection, api, requests, 1, _WARM_UP_SECONDS)
        await _wait_for(connection, "find_duplicates")
        phases = [await _run_phase(connection, api, requests, 1, seconds[0])]
        _print_phase(phases[-1])
        for multiple in MULTIPLES:
            if not phases[-1].held:
                break
            phases.append(await _run_phase(connection, api, requests, multiple, seconds[1]))
            _print_phase(phases[-1])
    finally:
        await connection.close()
    return phases


async def _run_phase(connection: Connection, api: Api, requests: Requests, multiple: int, seconds: float) -> Phase:
    mixed = [
        (kind, request)
        for kind, per_minute in PER_MINUTE.items()
        for request in requests.make(kind, max(1, round(per_minute * multiple * seconds / 60)))
    ]
    random.Random(multiple).shuffle(mixed)
    began_at = datetime.now(UTC)
    load, by_kind = await run_mixed(
        api.port, mixed, connections=CONNECTIONS, per_second=len(mixed) / seconds, give_up_seconds=2 * seconds
    )
    by_job = await _queue_delays(connection, began_at)
    delays = sorted(itertools.chain.from_iterable(by_job.values()))
    return Phase(
        multiple=multiple,
        load=load,
        by_kind=by_kind,
        jobs=len(delays),
        queue_delay_p50_seconds=_quantile(delays, 0.5),
        queue_delay_p99_seconds=_quantile(delays, 0.99),
        longest_delay_seconds={job: round(max(seconds), 2) for job, seconds in by_job.items()},
    )


async def _queue_delays(connection: Connection, since: datetime) -> dict[str, list[float]]:
    """Seconds from when each job was due until it began, or until now where it has not, by the job's name."""
    rows = await connection.fetch(
        "SELECT job, extract(epoch FROM coalesce(started_at, $2) - not_before)::float8 AS seconds"
        " FROM staged_jobs WHERE staged_at >= $1 AND not_before <= $2",
        since,
        datetime.now(UTC),
    )
    delays: dict[str, list[float]] = {}
    for row in rows:
        delays.setdefault(row["job"], []).append(max(0.0, row["seconds"]))
    return delays


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


async def _end(servers: Servers, api: Api) -> dict[str, float]:
    """Seconds of what follows the close."""
    connection = await open_connection(servers.database_url)
    try:
        await _wait_for(connection, "find_duplicates")
        started = time.perf_counter()
        async with connection.transaction():
            await stage_job(connection, "refresh_themes", CHALLENGE, datetime.now(UTC), queue="analysis")
        await _wait_for(connection, "refresh_themes")
        clustered = time.perf_counter()
        await _close(connection)
        await _wait_for(connection, "rank_challenge")
        ranked = time.perf_counter()
    finally:
        await connection.close()
    made = await run_load(api.port, Requests(QUICK, 0).make("shortlist", 1), connections=1)
    if made.failures:
        raise RuntimeError(f"there is no shortlist: {made.failure}")
    ended = time.perf_counter()
    return {
        "cluster": clustered - started,
        "close and rank": ranked - clustered,
        "shortlist": ended - ranked,
        "together": ended - started,
    }


async def _close(connection: Connection) -> None:
    now = datetime.now(UTC)
    await connection.execute("UPDATE challenges SET submit_closes_at = $1, vote_closes_at = $1", now)
    async with connection.transaction():
        await freeze(connection, CHALLENGE, now)


async def _wait_for(connection: Connection, job: str) -> None:
    """Until none of these jobs that is due waits or runs; an error when one failed."""
    give_up_at = time.perf_counter() + _END_SECONDS
    while await connection.fetchval(_UNDONE, datetime.now(UTC), job):
        if time.perf_counter() > give_up_at:
            raise RuntimeError(f"jobs were not done after {_END_SECONDS:.0f} s")
        await asyncio.sleep(0.1)
    failed = await connection.fetch("SELECT job, error FROM staged_jobs WHERE failed_at IS NOT NULL AND job = $1", job)
    if failed:
        raise RuntimeError(f"jobs failed: {[dict(row) for row in failed[:3]]}")


def _memory(servers: Servers, api: Api, workers: dict[str, int]) -> dict[str, float]:
    """The most memory that each process held, in MiB; shared pages of PostgreSQL count in each of its processes."""
    lanes = process_tree(workers["work"])[1:]
    named = {"API": [api.pid], "drain": [workers["drain"]], "schedule": [workers["schedule"]], "lanes": lanes}
    figures = {name: max(peak_mebibytes(pid) for pid in pids) for name, pids in named.items()}
    backends = process_tree(servers.postmaster)
    figures["largest PostgreSQL process"] = max(peak_mebibytes(pid) for pid in backends)
    return {name: round(figure, 1) for name, figure in figures.items()}


def _print_phase(phase: Phase) -> None:
    load = phase.load
    print(
        f"x{phase.multiple:<3}{load.per_second:6.0f} req/s  p50 {load.p50_ms:6.1f}  p99 {load.p99_ms:7.1f} ms"
        f"  failures {load.failures}  unsent {load.unsent}  jobs {phase.jobs}"
        f"  queue delay p50 {phase.queue_delay_p50_seconds:.2f}  p99 {phase.queue_delay_p99_seconds:.2f} s",
        flush=True,
    )
    kinds = "  ".join(f"{kind} {one.p50_ms:.0f}/{one.p99_ms:.0f}" for kind, one in phase.by_kind.items())
    print(f"     p50/p99 in ms: {kinds}", flush=True)
    longest = "  ".join(f"{job} {seconds:.1f}" for job, seconds in phase.longest_delay_seconds.items())
    print(f"     longest wait for a lane, in s: {longest}", flush=True)
    if load.failures:
        print(f"     the first failure: {load.failure[:300]!r}")


def _print_end(figures: dict[str, Any]) -> None:
    print(f"the rates were held {figures['multiple_held']} times over (p99 up to {LONGEST_P99_MS:.0f} ms)")
    print("after the close: " + ", ".join(f"{name} {value:.1f} s" for name, value in figures["end_seconds"].items()))
    print(
        "peak memory in MiB: " + ", ".join(f"{name} {value:.0f}" for name, value in figures["peak_mebibytes"].items())
    )


def main() -> None:
    """Run it and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--full", action="store_true", help="46,000 ideas and 150,000 people, and a minute at the rates"
    )
    parser.add_argument("--texts", type=Path, help="JSON lines with title and body, gzipped or not")
    arguments = parser.parse_args()
    size = FULL if arguments.full else QUICK
    print(
        f"{size.ideas:,} ideas, {size.people:,} people, {size.votes:,} answers; {CONNECTIONS} connections", flush=True
    )
    figures = measure(size, SECONDS["full" if arguments.full else "quick"], arguments.texts)
    _print_end(figures)
    print(f"kept in {keep('jam_full' if arguments.full else 'jam', figures)}")


if __name__ == "__main__":
    main()
