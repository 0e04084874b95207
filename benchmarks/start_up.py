"""How soon the processes are ready, and what they hold.

python -m benchmarks.start_up
"""

import asyncio
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.http_servers import ENGINE, Servers, running_api, running_servers
from benchmarks.machine import keep, peak_mebibytes
from ideation.migrate import migrate_up

REPEATS = 5
_COMMAND = Path(sys.executable).with_name("ideation")


def main() -> None:
    """Least of a few starts each, so that what else runs on the machine counts little."""
    with running_servers() as servers:
        asyncio.run(_migrate(servers))
        figures: dict[str, Any] = {"help": _best(_help), "serve": _best(lambda: _serve(servers))}
    for name, text in {"help": "ideation --help", "serve": "API ready"}.items():
        print(
            f"{text:20}{figures[name]['seconds']:6.2f} s, of which {figures[name]['processor_seconds']:.2f} s processor"
        )
    print(f"{'API just started':20}{figures['serve']['mebibytes']:6.0f} MiB; scikit-learn loaded: ", end="")
    print("yes" if figures["serve"]["scikit_learn"] else "no")
    print(f"kept in {keep('start_up', figures)}")


def _best(start: Any) -> dict[str, Any]:
    runs: list[dict[str, Any]] = [start() for _ in range(REPEATS)]
    return min(runs, key=lambda one: one["seconds"])


def _help() -> dict[str, Any]:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([_COMMAND, "--help"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.perf_counter() - started, "processor_seconds": used}


def _serve(servers: Servers) -> dict[str, Any]:
    with running_api(servers, ENGINE) as api:
        return {
            "seconds": api.ready_seconds,
            "processor_seconds": api.processor_seconds(),
            "mebibytes": round(peak_mebibytes(api.pid), 1),
            "scikit_learn": "sklearn" in Path(f"/proc/{api.pid}/maps").read_text(encoding="utf-8"),
        }


async def _migrate(servers: Servers) -> None:
    connection = await asyncpg.connect(servers.database_url)
    await migrate_up(connection)
    await connection.close()


if __name__ == "__main__":
    main()
