"""Requests per second, latency, and processor time per request of the real API, beside the least one could do.

python -m benchmarks.http_load [--full] [OPERATION ...]
"""

import argparse
import asyncio
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import uvloop

from benchmarks.http_client import LoadResult, run_load
from benchmarks.http_depth import measure_depth, print_depth
from benchmarks.http_pgbench import PgbenchResult, run_pgbench
from benchmarks.http_servers import BARE, ENGINE, Api, Servers, running_api, running_servers
from benchmarks.http_world import LARGE, SMALL, Requests, Size, build
from benchmarks.machine import keep, peak_mebibytes
from ideation.local.places import last_lines

CONNECTIONS = 16
OPERATIONS = {
    "answer": "answer a card",
    "vote": "vote through a link",
    "submit": "submit an idea",
    "feed": "feed of 10, new hand",
    "ranked": "ranked list of 20",
    "listed": "list of 20, newest",
    "idea": "idea page",
    "similar": "similar ideas",
}
ROUNDS = 5
REQUESTS = 320
WARM_UP = 200
PGBENCH_TRANSACTIONS = 800
_STEADY_SHARE = 0.7


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one operation: the load's figures, and processor milliseconds per request of both sides."""

    load: LoadResult
    api_ms: float
    postgres_ms: float

    @property
    def total_ms(self) -> float:
        """Both sides together."""
        return self.api_ms + self.postgres_ms


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Medians of the rounds of one operation."""

    operation: str
    per_second: float
    p50_ms: float
    p99_ms: float
    p99_ms_at_70_percent: float
    api_ms: float
    postgres_ms: float
    total_ms: float
    bare_per_second: float
    bare_total_ms: float
    pgbench_per_second: float
    pgbench_postgres_ms: float
    share_of_bare: float


def measure_size(size: Size, operations: Sequence[str] = tuple(OPERATIONS)) -> dict[str, Any]:
    """All operations at one size, each round of the engine followed at once by one of what it is compared with."""
    with running_servers() as servers:
        uvloop.run(build(servers.database_url, size))
        with running_api(servers, ENGINE) as engine, running_api(servers, BARE) as bare:
            sides = [(engine, Requests(size, 0)), (bare, Requests(size, 1))]
            rows = [_measure_operation(servers, size, sides, operation) for operation in operations]
            depths = measure_depth(engine, size, lambda api, some: _measure(servers, api, some).total_ms, requests=160)
            memory = peak_mebibytes(engine.pid)
    return {"size": size, "rows": rows, "depths": depths, "api_peak_mebibytes": round(memory, 1)}


def _measure_operation(servers: Servers, size: Size, sides: list[tuple[Api, Requests]], operation: str) -> Row:
    for api, requests in sides:
        _measure(servers, api, requests.make(operation, WARM_UP))
    runs = [
        [_measure(servers, api, requests.make(operation, REQUESTS)) for api, requests in sides] for _ in range(ROUNDS)
    ]
    statements = [
        run_pgbench(servers, size, operation, transactions=PGBENCH_TRANSACTIONS, start=number * PGBENCH_TRANSACTIONS)
        for number in range(3)
    ]
    engine, bare = [pair[0] for pair in runs], [pair[1] for pair in runs]
    rate = _median(engine, lambda one: one.load.per_second)
    steady = _measure(servers, sides[0][0], sides[0][1].make(operation, REQUESTS), per_second=_STEADY_SHARE * rate)
    return _row(operation, engine, bare, statements, steady)


def _row(
    operation: str, engine: list[Measured], bare: list[Measured], statements: list[PgbenchResult], steady: Measured
) -> Row:
    pairs = zip(engine, bare, strict=True)
    return Row(
        operation=operation,
        per_second=_median(engine, lambda one: one.load.per_second),
        p50_ms=_median(engine, lambda one: one.load.p50_ms),
        p99_ms=_median(engine, lambda one: one.load.p99_ms),
        p99_ms_at_70_percent=steady.load.p99_ms,
        api_ms=_median(engine, lambda one: one.api_ms),
        postgres_ms=_median(engine, lambda one: one.postgres_ms),
        total_ms=_median(engine, lambda one: one.total_ms),
        bare_per_second=_median(bare, lambda one: one.load.per_second),
        bare_total_ms=_median(bare, lambda one: one.total_ms),
        pgbench_per_second=statistics.median(one.per_second for one in statements),
        pgbench_postgres_ms=statistics.median(one.postgres_ms for one in statements),
        share_of_bare=statistics.median(ours.load.per_second / least.load.per_second for ours, least in pairs),
    )


def _measure(servers: Servers, api: Api, requests: list[bytes], *, per_second: float | None = None) -> Measured:
    api_before, postgres_before = api.processor_seconds(), servers.processor_seconds()
    load = asyncio.run(run_load(api.port, requests, connections=CONNECTIONS, per_second=per_second))
    api_used = api.processor_seconds() - api_before
    postgres_used = servers.processor_seconds() - postgres_before
    if load.failures:
        said = last_lines(api.log)
        raise RuntimeError(f"{load.failures} of {load.requests} requests failed; the first:\n{load.failure}\n{said}")
    return Measured(load=load, api_ms=api_used / len(requests) * 1000, postgres_ms=postgres_used / len(requests) * 1000)


def _median(runs: list[Measured], figure: Callable[[Measured], float]) -> float:
    return statistics.median(figure(one) for one in runs)


def print_table(figures: dict[str, Any]) -> None:
    """One line an operation."""
    size: Size = figures["size"]
    print(f"\n{size.ideas:,} ideas, {size.people:,} people, {size.votes:,} votes, {size.impressions:,} cards;")
    print(f"{CONNECTIONS} connections; medians of {ROUNDS} paired runs of {REQUESTS} requests; CPU in ms per request")
    print(f"{'':24}{'req/s':>7}{'p50':>7}{'p99':>7}{'p99@70%':>9}   {'API':>5} {'PG':>5} {'both':>5}", end="")
    print(f"   {'bare/s':>7} {'both':>5} {'ours/bare':>9}   {'pgbench/s':>9} {'PG':>5}")
    for row in figures["rows"]:
        print(f"{OPERATIONS[row.operation]:24}{row.per_second:7.0f}{row.p50_ms:7.1f}{row.p99_ms:7.1f}", end="")
        print(f"{row.p99_ms_at_70_percent:9.1f}   {row.api_ms:5.2f} {row.postgres_ms:5.2f} {row.total_ms:5.2f}", end="")
        print(f"   {row.bare_per_second:7.0f} {row.bare_total_ms:5.2f} {row.share_of_bare:9.2f}", end="")
        print(f"   {row.pgbench_per_second:9.0f} {row.pgbench_postgres_ms:5.2f}")
    print_depth(figures["depths"])
    print(f"peak memory of the API process: {figures['api_peak_mebibytes']:.0f} MiB")


def main() -> None:
    """The small installation; with --full the large one too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("operations", nargs="*", metavar="OPERATION", help=f"some of {', '.join(OPERATIONS)}")
    parser.add_argument("--full", action="store_true", help="also 46,000 ideas, 150,000 people, 2,000,000 cards")
    arguments = parser.parse_args()
    operations = arguments.operations or list(OPERATIONS)
    if unknown := set(operations) - set(OPERATIONS):
        parser.error(f"there is no operation named {', '.join(sorted(unknown))}")
    for name, size in {"http": SMALL, "http_large": LARGE}.items():
        if size is SMALL or arguments.full:
            figures = measure_size(size, operations)
            print_table(figures)
            if operations == list(OPERATIONS):
                print(f"kept in {keep(name, figures)}", flush=True)


if __name__ == "__main__":
    main()
