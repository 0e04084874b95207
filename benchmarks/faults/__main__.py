"""python -m benchmarks.faults [--full] [--only WORDS]: break it all under load, print what was lost."""

import argparse
import asyncio
import time
from collections import Counter
from datetime import UTC, datetime

import httpx
import msgspec

from benchmarks.faults.catalogue import FAULTS, Fault
from benchmarks.faults.checking import Verdict, check
from benchmarks.faults.crowd import Caller, Crowd
from benchmarks.faults.ledger import Ledger
from benchmarks.faults.preparing import prepare
from benchmarks.faults.site import Company, Site, running_site
from benchmarks.machine import describe, keep

# Seconds from the start of a round: when it breaks, when it is mended, when its challenge closes.
_STRIKE, _MEND, _CLOSE, _LATE_MEND = 1.5, 4.5, 8.0, 10.0
_AFTERWARDS_SECONDS = 1.5
_RECOVERY_LIMIT_SECONDS = 120.0


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One round. Recovery counts from the mending to the first idea taken; settling until every job is done."""

    fault: str
    acknowledged: int
    refused: int
    unclear: int
    repeats: int
    losses: list[str]
    recovery_seconds: float
    settled_seconds: float


def main() -> None:
    """Run the rounds; the exit code is 1 when anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--full", action="store_true", help="every fault five times instead of once")
    parser.add_argument("--only", metavar="WORDS", default="", help="only faults whose name contains this")
    parser.add_argument("--times", type=int, help="how often to try each")
    arguments = parser.parse_args()
    chosen = [fault for fault in FAULTS if arguments.only in fault.name]
    results = _run(chosen, arguments.times or (5 if arguments.full else 1))
    _print_table(chosen, results)
    if not arguments.only:
        print(f"\nKept as {keep('faults', results)}")
    if any(result.losses for result in results):
        raise SystemExit(1)


def _run(faults: list[Fault], times: int) -> list[Result]:
    results = []
    with running_site() as (site, company):
        for fault in faults:
            if fault.needs_compiler and site.clock is None:
                print(f"{fault.name}: not tried, since there is no C compiler here", flush=True)
                continue
            for _ in range(times):
                results.append(asyncio.run(_round(site, company, fault)))
                _print_result(results[-1])
    return results


async def _round(site: Site, company: Company, fault: Fault) -> Result:
    site.wait_until_ready()
    round_ = await prepare(site, company, f"{fault.name} {time.time():.0f}", _CLOSE)
    ledger = Ledger()
    crowd = Crowd(company, round_, ledger, site.addresses)
    working = asyncio.create_task(crowd.run())
    began = round_.closes_at.timestamp() - _CLOSE
    await _until(began + _STRIKE)
    await fault.strike(site)
    await _until(began + (_LATE_MEND if fault.over_the_close else _MEND))
    await fault.mend(site)
    mended = time.monotonic()
    recovery = await _probe(site, company, round_.endless, ledger, mended)
    await _until(began + _CLOSE + _AFTERWARDS_SECONDS)
    crowd.stop()
    await working
    verdict: Verdict = await check(site, round_, ledger)
    counts = sum(ledger.count().values(), Counter[str]())
    return Result(
        fault=fault.name,
        acknowledged=counts["acknowledged"],
        refused=counts["refused"],
        unclear=counts["unclear"],
        repeats=ledger.repeats,
        losses=verdict.losses,
        recovery_seconds=round(recovery, 2),
        settled_seconds=round(verdict.settled_seconds, 2),
    )


async def _probe(site: Site, company: Company, challenge: object, ledger: Ledger, mended: float) -> float:
    """Seconds from the mending until somebody's new idea is taken."""
    async with httpx.AsyncClient() as client:
        caller = Caller(company.employees[-1], site.addresses, client)
        token = f"probe{time.time_ns()}"
        told = await caller.ask(
            "POST",
            f"/challenges/{challenge}/ideas",
            {"title": f"{token} again", "body": "Is it back?"},
            patience=_RECOVERY_LIMIT_SECONDS,
        )
        ledger.note_text("idea", token, told.outcome)
    return time.monotonic() - mended


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - datetime.now(UTC).timestamp()))


def _print_result(result: Result) -> None:
    print(
        f"{result.fault:28}{result.acknowledged:7} acknowledged {result.refused:5} refused {result.repeats:5} repeats"
        f"{len(result.losses):4} losses  back after {result.recovery_seconds:6.2f} s",
        flush=True,
    )
    for loss in result.losses[:10]:
        print(f"    {loss}", flush=True)


def _print_table(faults: list[Fault], results: list[Result]) -> None:
    machine = describe()
    print(f"\n{machine['processor']}, {machine['cores']} cores, Python {machine['python']}\n")
    print(f"{'fault':28}{'how':62}{'tried':>6}{'told':>7}{'unclear':>9}{'losses':>8}{'back s':>8}{'done s':>8}")
    for fault in faults:
        mine = [result for result in results if result.fault == fault.name]
        if mine:
            told = sum(result.acknowledged + result.refused for result in mine)
            print(
                f"{fault.name:28}{fault.text:62}{len(mine):6}{told:7}{sum(r.unclear for r in mine):9}"
                f"{sum(len(r.losses) for r in mine):8}{max(r.recovery_seconds for r in mine):8.2f}"
                f"{max(r.settled_seconds for r in mine):8.2f}"
            )


if __name__ == "__main__":
    main()
